inductive Comb
  | S
  | K
  | app (f x : Comb)

inductive Comb.Red : Comb → Comb → Prop
  | k (x y : Comb) : Red (.app (.app .K x) y) x
  | s (x y z : Comb) : Red (.app (.app (.app .S x) y) z) (.app (.app x z) (.app y z))
  | left {f g : Comb} (x : Comb) : Red f g → Red (.app f x) (.app g x)
  | right (f : Comb) {x y : Comb} : Red x y → Red (.app f x) (.app f y)

inductive Star {α : Sort u} (r : α → α → Prop) : α → α → Prop
  | refl (a : α) : Star r a a
  | tail {a b c : α} : Star r a b → r b c → Star r a c

theorem t (x : Comb) : Star Comb.Red (.app (.app (.app .S .K) .K) x) x :=
  .tail (.tail (.refl _) (.s _ _ _)) (.k _ _)
