abbrev Op (α : Type u) := α → α → α
abbrev Kids (α : Type u) := Nat → α
def Fin' (n : Nat) := { i : Nat // i < n }

structure Monoid' (α : Type u) where
  op : Op α
  unit : α
  left : ∀ a, op unit a = a

inductive Tree where
  | leaf (i : Fin' 3)
  | node (kids : Kids Tree) (more : Kids (Kids Tree))

theorem t (k l : Kids Tree) (m n : Kids (Kids Tree)) (h : Tree.node k m = .node l n) (M : Monoid' Tree) :
    k = l ∧ m = n ∧ M.op M.unit (k 0) = l 0 := by
  sorry
