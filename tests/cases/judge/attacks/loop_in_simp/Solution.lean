theorem flip (a b : Nat) : a + b = b + a + 0 := by omega
set_option maxHeartbeats 0 in
theorem t : (1 : Nat) = 2 := by
  have h : (3 : Nat) + 4 = 8 := by
    iterate 1000000000 (try rw [flip])
    rfl
  omega
