namespace Numbers
section
variable {α : Type u} [LE α]

theorem t (a b : α) (h : a ≤ b) (l : List α) (g : l = [a, b]) : l ≠ [] ∧ a ≤ b := by
  sorry

end
end Numbers
