theorem t (n m : Nat) (h : 4 + n = 4 + m) : n = m := by
  sorry
