theorem t (a b c : Nat) : a + (b + c) + 0 = c + b + a := by
  sorry
