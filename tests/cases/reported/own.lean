/-- Addition commutes. -/
theorem round_trip (a b : Nat) : a + b = b + a := by
  sorry

theorem hole_exact (n : Nat) : ∃ m, n < m := by
  exact ⟨n + 1, by sorry⟩

namespace Own
def twice (n : Nat) : Nat := n + n
protected theorem doubled (n : Nat) : Own.twice n = 2 * n := by
  sorry
end Own
