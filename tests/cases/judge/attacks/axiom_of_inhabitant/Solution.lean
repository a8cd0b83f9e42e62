axiom Fiction : Empty

theorem t : (1 : Nat) = 2 := Fiction.rec
