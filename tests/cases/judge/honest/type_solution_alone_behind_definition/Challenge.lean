theorem t (n k : Nat) : n ≤ n + k := by
  sorry
