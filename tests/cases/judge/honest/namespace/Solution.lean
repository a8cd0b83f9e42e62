namespace A.B
def f : Nat := 3

theorem t : f = 3 := rfl
end A.B
