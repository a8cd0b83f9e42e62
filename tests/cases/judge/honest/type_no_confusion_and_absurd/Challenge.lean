inductive Kind
  | a (n : Nat)
  | b (s : String) (k : Kind)
  | c

def Kind.IsB (k : Kind) : Prop :=
  Kind.casesOn (motive := fun _ => Prop) k (fun _ => False) (fun _ _ => True) False

theorem t (n m : Nat) (s : String) (k : Kind) (h : Kind.a n = .a m) : n = m ∧ Kind.c ≠ .b s k ∧ (k.IsB → k ≠ .c) := by
  sorry
