def Stages (α : Type) := Nat → α

inductive Tree
  | leaf
  | node (children : Stages Tree)

theorem t (s : Stages Tree) : Tree.leaf ≠ Tree.node s := by
  sorry
