theorem u : 1 = 2 := by
  sorry

theorem t : 2 = 3 := congrArg (· + 1) u
