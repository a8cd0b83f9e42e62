inductive Ord' : Type
  | zero
  | succ (o : Ord')
  | sup (f : Nat → Ord')

inductive Ord'.Le : Ord' → Ord' → Prop
  | zero (o : Ord') : Le .zero o
  | succ {a b : Ord'} : Le a b → Le a.succ b.succ
  | into (a : Ord') (f : Nat → Ord') (n : Nat) : Le a (f n) → Le a (.sup f)
  | from (f : Nat → Ord') (b : Ord') : (∀ n, Le (f n) b) → Le (.sup f) b

theorem t (o : Ord') : o.Le o := by
  sorry
