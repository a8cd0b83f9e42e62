def f (x : { n : Nat // n = 2 }) : Nat := x.1

theorem t : f ⟨2, rfl⟩ = 3 := by
  sorry
