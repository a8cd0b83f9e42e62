theorem t (a b : Nat) (h : ∀ m, m < a → m * m < 50) (g : ∀ m, m < b → m * m < 50)
    (ha : 50 ≤ a * a) (hb : 50 ≤ b * b) : a = b := by
  sorry
