structure α where
  n : Nat

theorem t (a b : α) : a = b := by
  sorry
