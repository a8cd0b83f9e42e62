theorem t (a b c : Int) (h : 2 * a + b < c) (g : c ≤ b) : a < 0 := by
  omega
