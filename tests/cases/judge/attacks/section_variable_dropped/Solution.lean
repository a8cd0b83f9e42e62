section
variable (n : Nat) (h : n = 0)
include h
end
theorem t (n : Nat) (h : n ≤ 5) : n ≤ 5 := h
