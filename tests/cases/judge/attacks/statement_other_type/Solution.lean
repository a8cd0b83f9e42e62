theorem t (a b : Int) (h : a < b) : b - a + a = b := by
  omega
