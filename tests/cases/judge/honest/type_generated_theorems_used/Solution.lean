structure Pair (α : Type u) (β : Type v) where
  one : α
  two : β
  deriving BEq

inductive Tree
  | leaf
  | node (l r : Tree) (p : Pair Nat Tree)

theorem t (l r x : Tree) (n : Nat) : sizeOf l < sizeOf (Tree.node l r ⟨n, x⟩) ∧ (Pair.mk n l = ⟨n, r⟩ ↔ l = r) := by
  constructor
  · rw [Tree.node.sizeOf_spec]
    omega
  · rw [Pair.mk.injEq]
    exact ⟨fun h => h.2, fun h => ⟨rfl, h⟩⟩
