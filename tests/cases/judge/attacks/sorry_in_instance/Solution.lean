instance always : Decidable ((1 : Nat) = 2) := isTrue sorry

theorem t : (1 : Nat) = 2 := by
  exact @of_decide_eq_true _ always rfl
