axiom given : (1 : Nat) = 2

theorem t : (1 : Nat) = 2 := given
