structure Digit (n : Nat) where
  val : Nat
  lt : val < n + 1

inductive Word (n : Nat) : Nat → Type
  | empty : Word n 0
  | digit {k : Nat} (d : Digit n) (w : Word n k) : Word n (k * (n + 1) + d.val)

def Word.len {n k : Nat} : Word n k → Nat
  | empty => 0
  | digit _ w => w.len + 1

theorem t (n k : Nat) (w : Word n k) : k < (n + 1) ^ w.len := by
  sorry
