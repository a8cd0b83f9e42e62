def Rel (α : Type) := α → α → Prop
def NatRel := Rel Nat

inductive Next : NatRel
  | one (n : Nat) : Next n (n + 1)
  | two (n : Nat) : Next n (n + 2)

theorem t (a b : Nat) (h : Next a b) : b ≠ a := by
  sorry
