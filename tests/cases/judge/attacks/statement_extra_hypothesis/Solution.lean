theorem t (h : False) : (1 : Nat) = 2 := h.elim
