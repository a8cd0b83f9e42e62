def c : Nat := 3

theorem t (n : Nat) (h : n = c) : n = 4 := by
  sorry
