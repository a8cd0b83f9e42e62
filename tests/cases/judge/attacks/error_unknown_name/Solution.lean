theorem t : (1 : Nat) = 2 := by
  exact no_such_lemma
