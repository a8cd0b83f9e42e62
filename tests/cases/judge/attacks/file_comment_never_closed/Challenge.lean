theorem t : 1 = 1 := by sorry
