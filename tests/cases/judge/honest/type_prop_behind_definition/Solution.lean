def Claim := Prop
abbrev Claims (α : Type u) := α → Claim

inductive Fine : Claim
  | yes

inductive Both (p q : Prop) : Claim
  | mk (one : p) (two : q)

inductive Holds {α : Type u} (a : α) : Claims α
  | refl : Holds a a

theorem t (p q : Prop) (h : Both p q) (n m : Nat) (g : Holds n m) : Both q p ∧ n = m ∧ Fine := by
  refine ⟨?_, ?_, .yes⟩
  · cases h with
    | mk a b => exact .mk b a
  · cases g
    rfl
