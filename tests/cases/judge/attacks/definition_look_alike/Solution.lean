def foo : Nat := 1
def fοo : Nat := 2

theorem t : fοo = 2 := rfl
