mutual
theorem first (n : Nat) : n = 0 ∨ (1 : Nat) = 2 := by
  cases n with
  | zero => exact .inl rfl
  | succ n => exact second n
theorem second (n : Nat) : n + 1 = 0 ∨ (1 : Nat) = 2 := by
  sorry
end

theorem t : (1 : Nat) = 2 := by
  cases second 0 with
  | inl h => cases h
  | inr h => exact h
