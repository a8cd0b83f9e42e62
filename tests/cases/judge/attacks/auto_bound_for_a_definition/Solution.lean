theorem t {c : Nat} (n : Nat) (h : n = c) (g : c = 4) : n = 4 := h.trans g
