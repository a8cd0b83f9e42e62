theorem t (n : Nat) : n + 1 ≠ 0 := by
  sorry
