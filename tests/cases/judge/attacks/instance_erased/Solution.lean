attribute [-instance] instLTNat
instance weird : LT Nat := ⟨fun _ _ => True⟩

theorem t : (2 : Nat) < 1 := trivial
