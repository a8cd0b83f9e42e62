theorem t : ∃ c, ∀ n : Nat, n % 7 + n % 7 ≤ c := by
  sorry
