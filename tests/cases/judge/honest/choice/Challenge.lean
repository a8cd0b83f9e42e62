theorem t (α : Type) (p : α → Prop) (h : ∃ x, p x) : ∃ f : Unit → α, p (f ()) := by
  sorry
