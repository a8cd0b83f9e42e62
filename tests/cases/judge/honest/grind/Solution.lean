theorem t (x y : Nat) (h : x * x = 2 * y * y) : x * x % 2 = 0 := by
  grind
