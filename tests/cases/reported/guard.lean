/-- warning: declaration uses `sorry` -/
#guard_msgs in
theorem first (n : Nat) : n = n := by
  sorry

theorem second (a b : Nat) (h : a = b) : b = a := by
  sorry

#guard_msgs (drop warning) in
theorem third (n : Nat) : n ≤ n + 1 := by
  sorry
