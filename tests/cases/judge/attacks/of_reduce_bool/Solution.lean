def check : Bool := decide ((10 : Nat) < 20)

theorem t : (10 : Nat) < 20 := of_decide_eq_true (Lean.ofReduceBool check true rfl)
