theorem t (a b : Nat) : a + b = b + a := swap a b
where
  swap (x y : Nat) : x + y = y + x := Nat.add_comm x y
