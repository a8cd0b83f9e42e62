partial def spin (n : Nat) : IO Unit := spin (n + 1)
#eval spin 0

theorem t : (1 : Nat) = 2 := by
  sorry
