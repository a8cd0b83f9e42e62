theorem t [h : Subsingleton Nat] : (1 : Nat) = 2 := h.elim 1 2
