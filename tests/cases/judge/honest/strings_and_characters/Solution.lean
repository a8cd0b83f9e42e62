theorem t : "sorry".length = 5 ∧ 'a'.toNat = 97 := by
  constructor <;> rfl
