def f (n : Nat := 1) : Nat := n

theorem t : f = 1 := rfl
