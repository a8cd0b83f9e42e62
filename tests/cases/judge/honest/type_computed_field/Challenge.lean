inductive Term
  | var (n : Nat)
  | app (f x : Term)
with
  @[computed_field] weight : Term → Nat
    | .var _ => 1
    | .app f x => f.weight + x.weight

theorem t (x : Term) : 0 < x.weight := by
  sorry
