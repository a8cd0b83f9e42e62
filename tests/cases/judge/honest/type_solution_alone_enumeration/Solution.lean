inductive Parity
  | even
  | odd
  deriving DecidableEq

def Parity.of : Nat → Parity
  | 0 => .even
  | n + 1 => match Parity.of n with
    | .even => .odd
    | .odd => .even

theorem Parity.of_spec (n : Nat) : (Parity.of n = .even → n % 2 = 0) ∧ (Parity.of n = .odd → n % 2 = 1) := by
  induction n with
  | zero => decide
  | succ n ih =>
    unfold Parity.of
    cases h : Parity.of n <;> simp_all <;> omega

theorem t (n : Nat) : n % 2 = 0 ∨ n % 2 = 1 :=
  match h : Parity.of n with
  | .even => .inl ((Parity.of_spec n).1 h)
  | .odd => .inr ((Parity.of_spec n).2 h)
