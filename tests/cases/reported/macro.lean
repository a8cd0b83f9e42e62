macro "make_two" : command => `(def $(Lean.mkIdent `two) : Nat := 2)

theorem before_command (n : Nat) : n = n := by
  sorry

make_two

theorem uses_two : two = 2 := by
  sorry
