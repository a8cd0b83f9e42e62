theorem t (x y : BitVec 8) : x &&& y = y &&& x := by
  sorry
