set_option Elab.async true

theorem t : (1 : Nat) = 2 := by
  decide
