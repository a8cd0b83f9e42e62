def loop : (1 : Nat) = 2 := loop
partial_fixpoint

theorem t : (1 : Nat) = 2 := loop
