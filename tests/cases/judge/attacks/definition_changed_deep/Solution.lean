def g (n : Nat) : Nat := n
def f (n : Nat) : Nat := g n

theorem t : f 1 = 1 := rfl
