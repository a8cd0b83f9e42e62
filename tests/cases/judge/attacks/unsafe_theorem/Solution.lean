unsafe def t : (1 : Nat) = 2 := t
