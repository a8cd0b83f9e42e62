structure Marked (label : Nat) (α : Type) where
  mark : Fin (label + 1)
  content : α

inductive Tree (α : Type) where
  | leaf (a : α)
  | node (left : Marked 3 (Tree α)) (right : Marked 5 (Tree α))

theorem t (α : Type) (x : Tree α) : ∃ y : Tree α, y ≠ x := by
  sorry
