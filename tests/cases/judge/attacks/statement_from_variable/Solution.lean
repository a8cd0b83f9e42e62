variable (h : False)
include h in
theorem t : (1 : Nat) = 2 := h.elim
