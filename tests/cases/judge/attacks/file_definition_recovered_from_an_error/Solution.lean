theorem cheat : 3 = 4 := by exact nonsense

def n : Nat := cheat ▸ nonsense

theorem t : n = 4 := by
  have := cheat
  contradiction
