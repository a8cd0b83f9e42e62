theorem t (p : Prop) [Decidable p] (_ : p) : (if p then 1 else 2) = 1 := by
  sorry
