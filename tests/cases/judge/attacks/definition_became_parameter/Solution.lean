variable (c : Nat)

theorem t (h : c = 4) (g : c = 5) : False := by
  omega
