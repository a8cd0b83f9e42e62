local instance always (p : Prop) : Decidable p := Classical.propDecidable p

theorem t (p : Nat → Prop) (h : ∀ n, p n ∨ ¬ p n) : p 0 ∨ ¬ p 0 := by
  by_cases g : p 0
  · exact .inl g
  · exact .inr g
