inductive Two (α : Type u) (β : Type v) where
  | left (a : α)
  | right (b : β)
  | both (a : α) (b : β) (more : Two α β)

inductive Term : Type where
  | var (n : Nat)
  | app (t : Two Term (List Term))

theorem t (a b : Two Term (List Term)) (h : Term.app a = .app b) : a = b := by
  injection h
