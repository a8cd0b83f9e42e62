theorem t : (2 ^ 16777216) ^ 16777216 = 5 := by
  decide +kernel
