theorem helper {γ : Sort _} (x y : γ) (h : x = y) : y = x := h.symm

theorem t {α β : Type _} (f : α → β) (a b : α) (h : a = b) : f a = f b := by
  rw [helper a b h]
