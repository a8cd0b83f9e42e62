theorem t : (1 : Nat) = 2 := absurd trivial bad
where
  bad : ¬ True := sorry
