#eval do let _ ← IO.Process.spawn { cmd := "true" }

theorem t : (1 : Nat) = 2 := by
  sorry
