def helper : Nat := nonsense

theorem helpful (p q : Prop) : p ∧ q → q ∧ p := fun h => ⟨h.2, h.1⟩

theorem t (p q : Prop) (h : p ∧ q) : q ∧ p := helpful p q h

example : helper = 3 := rfl
