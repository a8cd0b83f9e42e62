theorem t (α : Type) [Inhabited α] : ∃ _ : α, True := by
  sorry
