import Std

theorem std_first (n : Nat) : n * 1 = n := by
  sorry

theorem std_second (n : Nat) : n + 0 = n := by
  sorry
