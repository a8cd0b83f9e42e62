theorem t {α β : Type _} (f : α → β) (a b : α) (h : a = b) : f a = f b := by
  sorry
