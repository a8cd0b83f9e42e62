def Arity : Nat → Type 1
  | 0 => Type
  | n + 1 => Nat → Arity n

inductive Cell : Arity 2
  | plain (n m : Nat) : Cell n m
  | diagonal (n : Nat) : Cell n n

theorem t (n m : Nat) (h : n ≠ m) (c : Cell n m) : c = .plain n m := by
  sorry
