private inductive Secret (α : Type)
  | key (a : α)
  | lost

private structure Safe (α : Type) where
  content : Secret α
  size : Nat

private def Safe.open? {α : Type} (s : Safe α) : Option α :=
  match s.content with
  | .key a => some a
  | .lost => none

theorem t (α : Type) (a : α) (n : Nat) : (Safe.mk (.key a) n).open? = some a :=
  rfl
