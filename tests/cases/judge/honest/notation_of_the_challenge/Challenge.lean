infixl:65 " ⊕⊕ " => fun (a b : Nat) => a + b

theorem t (a b : Nat) : a ⊕⊕ b = b ⊕⊕ a := by
  sorry
