theorem t : 2 ^ 32 * 2 ^ 32 = 0 ∨ 2 ^ 31 + 2 ^ 31 = 0 ∨ 1 <<< 64 = 0 ∨ 2 ^ 64 / 2 ^ 32 = 0 := by
  decide +kernel
