-- no axiom, no sorry, no native_decide
/- set_option debug.skipKernelTC true -/
theorem t (a b : Nat) : a + b = b + a := by
  omega -- sorry
