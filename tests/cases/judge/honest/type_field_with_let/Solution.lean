inductive T where
  | leaf
  | node (children : let m := 3; Fin m → T)
  | more (n : Nat) (children : have m := n; Fin m → T)

theorem t (f : Fin 3 → T) : T.node f ≠ T.leaf := by
  nofun
