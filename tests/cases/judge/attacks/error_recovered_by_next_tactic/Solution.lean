theorem t : (1 : Nat) = 2 := by
  have h : False := by decide
  exact h.elim
