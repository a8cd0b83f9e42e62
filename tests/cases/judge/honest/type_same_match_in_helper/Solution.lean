inductive Kind
  | nat
  | text

inductive Datum (k : Kind)
  | mk (x : match k with | .nat => Nat | .text => String)

def Kind.ty (k : Kind) : Type := match k with | .nat => Nat | .text => String

def Datum.get {k : Kind} : Datum k → k.ty
  | .mk x => x

theorem t (k : Kind) (d : Datum k) : ∃ x, d = .mk x :=
  ⟨d.get, by cases d; rfl⟩
