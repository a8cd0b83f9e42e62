inductive Layer : Nat → Type where
  | leaf (n : Nat) : Layer n
  | node (n : Nat) (below : List (Layer n)) : Layer n

inductive Tied : Nat → Type → Type where
  | base (n : Nat) (α : Type) (a : Fin n) : Tied n α
  | more (n : Nat) (α : Type) (a : α) (xs : Option (Tied n α)) : Tied n α

theorem t (n : Nat) (l : Layer n) (x : Tied n Nat) : (l = .leaf n ∨ ∃ b, l = .node n b) ∧ x ≠ .more n Nat 1 (some x) := by
  sorry
