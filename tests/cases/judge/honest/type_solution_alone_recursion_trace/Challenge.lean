def half (n : Nat) : Nat := if n < 2 then 0 else half (n - 2) + 1

theorem t (n : Nat) : 2 * half n ≤ n ∧ n ≤ 2 * half n + 1 := by
  sorry
