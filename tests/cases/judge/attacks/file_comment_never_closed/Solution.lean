/- to do
theorem t : 1 = 1 := rfl
