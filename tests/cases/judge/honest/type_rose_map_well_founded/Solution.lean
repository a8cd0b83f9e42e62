inductive Rose (α : Type u) where
  | node (label : α) (children : List (Rose α))

def Rose.map {α : Type u} {β : Type v} (f : α → β) : Rose α → Rose β
  | node a cs => node (f a) (cs.attach.map fun ⟨c, _⟩ => c.map f)

theorem t (α : Type u) (x : Rose α) : x.map id = x := by
  match x with
  | .node a cs =>
    rw [Rose.map]
    congr 1
    have h : ∀ c ∈ cs, c.map id = c := fun c _ => t α c
    rw [List.attach_map_val (f := Rose.map id)] at *
    exact (List.map_congr_left h).trans (List.map_id _)
termination_by sizeOf x
