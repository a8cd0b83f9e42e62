theorem u : 1 = 2 := by sorry

theorem t (p q : Prop) (h : p ∧ q) : q ∧ p := by sorry
