inductive Vec (α : Type) : Nat → Type where
  | nil : Vec α 0
  | cons : α → Vec α n → Vec α (n + 1)

inductive Tree where
  | node (n : Nat) (children : Vec Tree n)

theorem t : ∃ x : Tree, ∀ n v, x = .node n v → n = 0 := by
  refine ⟨.node 0 .nil, ?_⟩
  intro n v h
  cases h
  rfl
