axiom oops : False
instance : Decidable ((1 : Nat) = 2) := isTrue oops.elim

theorem t : (1 : Nat) = 2 := by
  exact of_decide_eq_true (Eq.refl true)
