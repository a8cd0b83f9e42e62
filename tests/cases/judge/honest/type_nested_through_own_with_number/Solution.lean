structure Marked (label : Nat) (α : Type) where
  mark : Fin (label + 1)
  content : α

inductive Tree (α : Type) where
  | leaf (a : α)
  | node (left : Marked 3 (Tree α)) (right : Marked 5 (Tree α))

def Tree.depth {α : Type} : Tree α → Nat
  | leaf _ => 0
  | node ⟨_, l⟩ ⟨_, r⟩ => max l.depth r.depth + 1

theorem t (α : Type) (x : Tree α) : ∃ y : Tree α, y ≠ x := by
  refine ⟨.node ⟨0, x⟩ ⟨0, x⟩, ?_⟩
  intro h
  have := congrArg Tree.depth h
  simp only [Tree.depth] at this
  omega
