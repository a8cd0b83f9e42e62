theorem t : 1 = 2 := part
where
  part : 1 = 2 := by exact nonsense
