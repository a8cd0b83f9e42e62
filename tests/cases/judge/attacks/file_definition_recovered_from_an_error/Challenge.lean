def n : Nat := 3

theorem t : n = 4 := by sorry
