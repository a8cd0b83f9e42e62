theorem open_one (n : Nat) : n = n := by
  sorry

coinductive Endless (r : Nat → Nat → Prop) : Nat → Prop where
  | step (a b : Nat) : r a b → Endless r b → Endless r a

theorem uses_it (r : Nat → Nat → Prop) (n : Nat) (h : Endless r n) : Endless r n := by
  sorry
