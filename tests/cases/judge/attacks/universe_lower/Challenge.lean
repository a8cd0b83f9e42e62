universe u
theorem t (α : Sort u) (a b : α) (h : a = b) : b = a := by
  sorry
