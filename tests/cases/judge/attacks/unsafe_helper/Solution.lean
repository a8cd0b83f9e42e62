unsafe def bad : False := unsafeCast ()

theorem t : (1 : Nat) = 2 := bad.elim
