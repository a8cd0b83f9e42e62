def f (n : Nat) : Nat := n + 0

@[local simp] theorem f_eq (n : Nat) : f n = n := rfl

theorem t (n : Nat) : f (f n) = n := by
  simp
