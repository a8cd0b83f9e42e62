theorem helper (a b : Nat) : b + a = a + b := Nat.add_comm b a

theorem t (a b : Nat) : a + b = b + a := (helper a b).symm
