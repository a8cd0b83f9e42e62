theorem t : ∃ f : Nat → Nat, ∀ n, f n = n := by
  sorry
