-- no axiom, no sorry, no native_decide
theorem t (a b : Nat) : a + b = b + a := by
  sorry
