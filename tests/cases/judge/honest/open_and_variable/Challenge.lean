open Nat
variable (a b : Nat)

theorem t : a + b = b + a := by
  sorry
