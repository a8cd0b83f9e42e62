def Set (α : Type u) := α → Prop

instance : Membership α (Set α) := ⟨fun s a => s a⟩

inductive Closure {α : Type u} (op : α → α → α) (s : Set α) : Set α
  | base (a : α) (h : a ∈ s) : Closure op s a
  | step (a b : α) (ha : Closure op s a) (hb : Closure op s b) : Closure op s (op a b)

theorem t (α : Type u) (op : α → α → α) (s : Set α) (a : α) (h : a ∈ Closure op (Closure op s)) :
    a ∈ Closure op s := by
  sorry
