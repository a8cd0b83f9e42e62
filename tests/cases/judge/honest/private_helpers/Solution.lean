private def twice (n : Nat) : Nat := n + n
private theorem twice_eq (n : Nat) : twice n = 2 * n := by
  unfold twice
  omega

theorem t (a b : Nat) : a + b = b + a := by
  have := twice_eq a
  omega
