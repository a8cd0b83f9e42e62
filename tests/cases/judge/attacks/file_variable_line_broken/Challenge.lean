variable (n : Nat)

theorem t : n = n + 0 → 0 < n := by sorry
