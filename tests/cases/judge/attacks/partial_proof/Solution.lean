partial def bad (n : Nat) : (1 : Nat) = 2 := bad (n + 1)

theorem t : (1 : Nat) = 2 := bad 0
