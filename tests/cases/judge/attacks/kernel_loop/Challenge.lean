def f : Nat → Nat → Nat
  | 0, x => x + 1
  | n + 1, x => f n (f n x)

theorem t : f 60 0 = 0 := by
  sorry
