inductive Kind
  | nat
  | text

inductive Datum (k : Kind)
  | mk (x : match k with | .nat => Nat | .text => String)

theorem t (k : Kind) (d : Datum k) : ∃ x, d = .mk x := by
  sorry
