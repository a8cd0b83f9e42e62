inductive Tree (α : Type u) where
  | leaf
  | node (l : Tree α) (a : α) (r : Tree α)
  deriving Repr, DecidableEq, Inhabited, BEq, Hashable

def Tree.mirror {α : Type u} : Tree α → Tree α
  | leaf => leaf
  | node l a r => node r.mirror a l.mirror

theorem t (x : Tree (Tree Nat)) : x.mirror.mirror = x := by
  sorry
