theorem t : (false : Bool) := by
  sorry
