theorem t : ∃ (α : Type) (f : α → Nat), ∀ n, ∃ a, f a = n := by
  sorry
