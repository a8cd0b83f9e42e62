theorem t (xs : List Nat) (i : Nat) (h : xs[i]? = some 3) : xs[i]'(List.getElem?_eq_some_iff.mp h).1 = 3 := by
  sorry
