import Lean

theorem t : False := by
  sorry
