theorem t (x y : BitVec 8) : x + y = y + x := by
  exact BitVec.add_comm x y
