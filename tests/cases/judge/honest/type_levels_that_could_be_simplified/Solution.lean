structure Pairs.{u, v} (α : Type u) (β : Type v) where
  both : PProd (PProd α β) (PProd α β)

inductive Tree.{u, v} (α : Type u) (β : Type v) where
  | leaf (x : PProd (PProd α β) (PProd β α))
  | node (children : List (Tree α β))

theorem t (α β : Type) (p : Pairs α β) : ∃ q : Pairs α β, q = p := by
  exact ⟨p, rfl⟩
