mutual
inductive Tree (α : Type u) : Type u
  | node (a : α) (f : Forest α)
inductive Forest (α : Type u) : Type u
  | nil
  | cons (x : Tree α) (f : Forest α)
end

mutual
def Tree.size {α : Type u} : Tree α → Nat
  | .node _ f => f.size + 1
def Forest.size {α : Type u} : Forest α → Nat
  | .nil => 0
  | .cons x f => x.size + f.size
end

theorem t (α : Type u) (f : Forest α) (h : f.size = 0) : f = .nil := by
  sorry
