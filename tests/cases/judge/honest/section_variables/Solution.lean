section
variable {α : Type} [Inhabited α] (f : α → α)

theorem t (h : ∀ x, f x = x) : f (f default) = default := by
  rw [h, h]
end
