open Nat in
theorem t (a b : Nat) : a * b = b * a := Nat.mul_comm a b
