def Rel (α : Type) := α → α → Prop

inductive Path {α : Type} (r : Rel α) : Rel α
  | nil (a : α) : Path r a a
  | cons {a b c : α} : r a b → Path r b c → Path r a c

theorem Path.trans {α : Type} {r : Rel α} {a b c : α} (h : Path r a b) (g : Path r b c) : Path r a c := by
  induction h with
  | nil => exact g
  | cons s _ ih => exact .cons s (ih g)

theorem t (α : Type) (r : Rel α) (a b c : α) (h : Path r a b) (g : r b c) : Path r a c :=
  h.trans (.cons g (.nil c))
