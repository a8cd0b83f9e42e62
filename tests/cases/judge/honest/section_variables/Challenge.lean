section
variable {α : Type} [Inhabited α] (f : α → α)

theorem t (h : ∀ x, f x = x) : f (f default) = default := by
  sorry
end
