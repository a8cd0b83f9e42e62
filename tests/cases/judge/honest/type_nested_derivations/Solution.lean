inductive Tok where
  | num (n : Nat)
  | name (s : String)
  deriving DecidableEq, Repr, Inhabited, Hashable, Ord, BEq

inductive Sexp where
  | atom (t : Tok)
  | list (xs : List Sexp)
  deriving Repr, BEq, Inhabited

structure Entry where
  key : Tok
  value : Nat × Option Tok
  deriving DecidableEq, Repr, Hashable, Inhabited, Nonempty

theorem t (x y : Entry) : (x = y ∨ x ≠ y) ∧ (Tok.num 3 ≠ .name "3") ∧ (default : Sexp) = default :=
  ⟨Decidable.em _, by decide, rfl⟩
