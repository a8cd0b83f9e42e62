inductive Rose (α : Type) where
  | node (label : α) (children : List (Rose α))

mutual
def Rose.size {α : Type} : Rose α → Nat
  | node _ cs => Rose.sizes cs + 1
def Rose.sizes {α : Type} : List (Rose α) → Nat
  | [] => 0
  | c :: cs => c.size + Rose.sizes cs
end

theorem t (α : Type) (a : α) (xs ys : List (Rose α)) :
    (Rose.node a (xs ++ ys)).size = (Rose.node a (ys ++ xs)).size := by
  sorry
