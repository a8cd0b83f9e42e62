section
variable (n : Nat) (h : n = 0)
include h
theorem t : n = 0 := h
end
