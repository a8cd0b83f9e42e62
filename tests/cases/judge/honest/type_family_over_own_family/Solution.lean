inductive Path : Nat → Nat → Type
  | stay (a : Nat) : Path a a
  | move {a b : Nat} (p : Path a b) (c : Nat) : Path a c

inductive Path.Direct : {a b : Nat} → Path a b → Prop
  | stay (a : Nat) : Direct (.stay a)
  | move {a b : Nat} {p : Path a b} (c : Nat) (h : Direct p) (g : b < c) : Direct (p.move c)

theorem t (a b : Nat) (p : Path a b) (h : p.Direct) : a ≤ b := by
  induction h with
  | stay => exact Nat.le_refl _
  | move c _ g ih => omega
