set_option «debug».skipKernelTC true in
theorem t : (1 : Nat) = 2 := by
  decide +kernel
