def f (x : { n : Nat // n = 2 }) : Nat := x.1

theorem t : f ⟨2, rfl⟩ = 3 := by
  have : (2 : Nat) = 3 := congrArg f (show (⟨2, rfl⟩ : { n : Nat // n = 2 }) = ⟨3, sorry⟩ from Subtype.ext sorry)
  exact this
