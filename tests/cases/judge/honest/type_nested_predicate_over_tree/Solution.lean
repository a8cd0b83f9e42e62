inductive Rose (α : Type) where
  | node (a : α) (cs : List (Rose α))

inductive Rose.All {α : Type} (p : α → Prop) : Rose α → Prop where
  | node {a : α} {cs : List (Rose α)} (ha : p a) (hc : ∀ c ∈ cs, All p c) : All p (.node a cs)

theorem t (α : Type) (p q : α → Prop) (h : ∀ a, p a → q a) (x : Rose α) (g : x.All p) : x.All q := by
  induction g with
  | node ha _ ih => exact .node (h _ ha) ih
