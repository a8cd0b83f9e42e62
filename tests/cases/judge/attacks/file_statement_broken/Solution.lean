theorem t : 1 = nonsense.2 := by rfl
