def weird : LT Nat := ⟨fun _ _ => True⟩
attribute [local instance] weird

theorem t : (2 : Nat) < 1 := trivial
