inductive Seen (start : Nat) : Nat → Prop where
  | here : Seen start start
  | some (h : ∃ n, Seen start n) : Seen start 0

theorem t (a b : Nat) (h : Seen a b) : b = a ∨ b = 0 := by
  cases h with
  | here => exact .inl rfl
  | some _ => exact .inr rfl
