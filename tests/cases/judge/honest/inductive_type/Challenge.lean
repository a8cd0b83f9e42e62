inductive Tree (α : Type) where
  | leaf
  | node (left : Tree α) (x : α) (right : Tree α)

def Tree.mirror {α : Type} : Tree α → Tree α
  | leaf => leaf
  | node l x r => node r.mirror x l.mirror

theorem t {α : Type} (x : Tree α) : x.mirror.mirror = x := by
  sorry
