theorem t (o ο : Nat) (h : o ≤ ο) : o ≤ ο := h
