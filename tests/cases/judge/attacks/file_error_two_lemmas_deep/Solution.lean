theorem deep : False := by
  have h : 1 = 2 := by decide
  cases h

theorem middle : False := deep

theorem t : 1 = 2 := middle.elim
