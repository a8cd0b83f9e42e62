mutual
inductive Tree (α : Type)
  | node (a : α) (f : Forest α)
inductive Forest (α : Type)
  | nil
  | cons (x : Tree α) (f : Forest α)
end

inductive Knot
  | tie (f : Forest Knot)

theorem t : ∃ k : Knot, ∀ x f, k ≠ .tie (.cons x f) := by
  sorry
