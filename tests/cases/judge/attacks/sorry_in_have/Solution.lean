theorem t : (1 : Nat) = 2 := by
  have h : False := by
    sorry
  exact h.elim
