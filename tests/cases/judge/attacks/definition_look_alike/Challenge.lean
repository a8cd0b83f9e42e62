def foo : Nat := 1

theorem t : foo = 2 := by
  sorry
