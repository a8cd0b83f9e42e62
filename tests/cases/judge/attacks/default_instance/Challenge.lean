theorem t (x : Nat) : x ^ 2 = x := by
  sorry
