theorem t : ∃ (α : Type) (l : List α), (∀ a, a ∈ l) ∧ l.length = 3 := by
  sorry
