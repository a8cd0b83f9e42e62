def f (n : Nat) : Nat := n + 1

theorem t : f 1 = 1 := by
  sorry
