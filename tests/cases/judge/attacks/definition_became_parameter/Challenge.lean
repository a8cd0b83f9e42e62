def c : Nat := 3

theorem t (h : c = 4) : False := by
  sorry
