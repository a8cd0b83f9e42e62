lemma broken (n : Nat) : n + 0 = n := by
  sorry

theorem healthy (n : Nat) : 0 + n = n := by
  sorry
