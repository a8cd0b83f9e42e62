structure Pair where
  a : Nat
  b : Nat

theorem t (p q : Pair) (h : p.a = q.a) : p = q := by
  sorry
