theorem t (n : Nat) : (fun m : Nat => m + 1) n ≠ 0 := by
  sorry
