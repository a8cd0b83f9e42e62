inductive Wrap (F : Nat → Type) where
  | mk (n : Nat) (x : F n)

inductive Tree where
  | leaf
  | node (child : Wrap fun _ => Tree)

theorem t (n : Nat) (x y : Tree) (h : Tree.node (.mk n x) = .node (.mk n y)) : x = y := by
  sorry
