theorem t : ∃ (α : Type) (z : α) (s : α → α), ∀ a, s a ≠ z := by
  sorry
