inductive Even : Nat → Prop
  | zero : Even 0
  | step (n : Nat) : Even n → Even (n + 1)

theorem t : Even 3 := .step _ (.step _ (.step _ .zero))
