theorem u : 1 = 2 := by
  sorry

theorem t (p q : Prop) (h : p ∧ q) : q ∧ p := ⟨h.2, h.1⟩
