theorem t (a b c : Nat) (h : a = b) (g : b = c) : a + a = c + c := by
  sorry
