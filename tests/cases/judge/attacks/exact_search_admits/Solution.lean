theorem t (f : Nat → Nat) (h : f 0 = 1) : f 1 = 0 := by
  exact?
