theorem t (o b : Nat) (h : o ≤ b) : b ≤ o := by
  sorry
