theorem t : (1 : Nat) = 1 := (fun (_ : Bool → Bool) => rfl) (fun b => Lean.reduceBool b)
