local instance : OfNat Nat 2 := ⟨1⟩

theorem t : (1 : Nat) = 2 := rfl
