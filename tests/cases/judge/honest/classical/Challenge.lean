theorem t (p q : Prop) : ((p → q) → p) → p := by
  sorry
