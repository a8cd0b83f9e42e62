theorem t (n : Nat) : ∃ k, n + n = k + k := by
  sorry
