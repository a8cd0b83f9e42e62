theorem t : (10 : Nat) < 20 := by
  sorry
