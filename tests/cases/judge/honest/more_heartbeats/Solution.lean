set_option maxHeartbeats 400000 in
theorem t (a b : Nat) : a + b = b + a := by
  omega
