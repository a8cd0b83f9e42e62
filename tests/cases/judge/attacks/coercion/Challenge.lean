theorem t (n : Nat) : (n : Int) = 0 := by
  sorry
