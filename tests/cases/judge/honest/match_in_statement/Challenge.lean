theorem t (n : Nat) : (match n with | 0 => 0 | m + 1 => m) ≤ n := by
  sorry
