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

mutual
theorem Tree.pos {α : Type u} : ∀ x : Tree α, 0 < x.size
  | .node _ _ => Nat.succ_pos _
theorem Forest.pos {α : Type u} : ∀ f : Forest α, f = .nil ∨ 0 < f.size
  | .nil => .inl rfl
  | .cons x f => .inr (Nat.lt_of_lt_of_le x.pos (Nat.le_add_right _ f.size))
end

theorem t (α : Type u) (f : Forest α) (h : f.size = 0) : f = .nil := by
  cases f.pos with
  | inl e => exact e
  | inr p => omega
