open Nat
variable (a b : Nat)

theorem t : a + b = b + a := by
  exact Nat.add_comm a b
