inductive Rose (α : Type u) where
  | node (label : α) (children : List (Rose α))

def Rose.map {α : Type u} {β : Type v} (f : α → β) : Rose α → Rose β
  | node a cs => node (f a) (cs.attach.map fun ⟨c, _⟩ => c.map f)

theorem t (α : Type u) (x : Rose α) : x.map id = x := by
  sorry
