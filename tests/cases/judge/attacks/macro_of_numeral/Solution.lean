local macro_rules | `(2) => `(1)

theorem t : (1 : Nat) = 2 := rfl
