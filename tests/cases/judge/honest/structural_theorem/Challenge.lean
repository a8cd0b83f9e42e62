theorem t (xs : List Nat) : xs ++ [] = xs := by
  sorry
