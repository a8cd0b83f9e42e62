structure Cell where
  value : Nat

theorem t (c d : Cell) : c = d := by
  sorry
