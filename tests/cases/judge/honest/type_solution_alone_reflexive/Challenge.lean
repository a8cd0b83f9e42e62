theorem t : ∃ (α : Type) (f : Nat → α) (g : α → Nat), ∀ n, g (f n) = n := by
  sorry
