structure Pair where
  a : Nat

theorem t (p q : Pair) (h : p.a = q.a) : p = q := by
  cases p; cases q; cases h; rfl
