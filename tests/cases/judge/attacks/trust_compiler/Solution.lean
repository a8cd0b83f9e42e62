theorem t : (1 : Nat) = 2 := by
  have _ := Lean.trustCompiler
  exact Lean.ofReduceNat 1 2 rfl
