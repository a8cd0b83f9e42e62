theorem t (k : Nat) : ∃ m, ∀ n, Nat.min k n ≤ Nat.min k m := by
  sorry
