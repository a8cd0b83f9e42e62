theorem below : (n : Nat) → n < 2 ^ n
  | 0 => by decide
  | n + 1 => by
    have h := below n
    rw [Nat.pow_succ]
    omega
termination_by n => n

theorem t (n : Nat) : n < 2 ^ n := below n
