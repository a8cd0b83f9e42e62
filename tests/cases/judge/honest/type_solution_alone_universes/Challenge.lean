theorem t (p q r : Prop) (h : p ∧ (q ∨ r)) : p ∧ q ∨ p ∧ r := by
  sorry
