theorem other : 1 = 1 := by exact nonsense

axiom wish : 1 = 2

theorem t : 1 = 2 := wish
