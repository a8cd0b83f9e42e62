theorem t (p : Nat → Prop) (h : ∀ n, p n ∨ ¬ p n) : p 0 ∨ ¬ p 0 := by
  sorry
