theorem t (n m : Nat) (h : n = m) (v : Fin n) : ∃ w : Fin m, w.val = v.val := by
  sorry
