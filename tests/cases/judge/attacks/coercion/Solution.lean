local instance (priority := high) : IntCast Int := ⟨fun _ => 0⟩
local instance (priority := high) : NatCast Int := ⟨fun _ => 0⟩

theorem t (n : Nat) : (n : Int) = 0 := rfl
