theorem idea (a b : Nat) (h : a < b) : a ≤ b := by
  -- Step 1: a < b.
  /- Step 2: … -/
  sorry
