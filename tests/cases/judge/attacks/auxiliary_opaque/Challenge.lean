opaque _a : Nat
def P (x : Nat) : Prop := x = _a
opaque _b : Nat

theorem t : P _b := by
  sorry
