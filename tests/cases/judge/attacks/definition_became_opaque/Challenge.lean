def f : Nat := 0

theorem t : f = 0 := by
  sorry
