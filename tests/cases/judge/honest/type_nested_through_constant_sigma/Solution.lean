inductive Tree where
  | leaf
  | node (child : (_ : Nat) × Tree)

theorem t (x : (_ : Nat) × Tree) : Tree.node x ≠ .leaf := by
  intro h
  cases h
