inductive Rose (α : Type) where
  | node (label : α) (children : List (Rose α))

mutual
def Rose.size {α : Type} : Rose α → Nat
  | node _ cs => Rose.sizes cs + 1
def Rose.sizes {α : Type} : List (Rose α) → Nat
  | [] => 0
  | c :: cs => c.size + Rose.sizes cs
end

theorem Rose.sizes_append {α : Type} (xs ys : List (Rose α)) :
    Rose.sizes (xs ++ ys) = Rose.sizes xs + Rose.sizes ys := by
  induction xs with
  | nil => simp [Rose.sizes]
  | cons x xs ih => simp [Rose.sizes, ih, Nat.add_assoc]

theorem t (α : Type) (a : α) (xs ys : List (Rose α)) :
    (Rose.node a (xs ++ ys)).size = (Rose.node a (ys ++ xs)).size := by
  simp [Rose.size, Rose.sizes_append, Nat.add_comm]
