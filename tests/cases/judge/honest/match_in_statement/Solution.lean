theorem helper (n : Nat) : (match n with | 0 => 0 | m + 1 => m) < n + 1 := by
  cases n <;> simp <;> omega

theorem t (n : Nat) : (match n with | 0 => 0 | m + 1 => m) ≤ n := by
  have := helper n
  omega
