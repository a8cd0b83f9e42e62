theorem t : ∃ n : Nat, n * n = 49 := by
  sorry
