class inductive Small : Nat → Prop
  | zero : Small 0
  | next {n : Nat} (h : Small n) : Small (n + 1)

attribute [instance] Small.zero

instance (n : Nat) [h : Small n] : Small (n + 1) := .next h

class inductive Choice (α : Type u) : Type u
  | one (a : α)
  | two (a b : α)

def first (α : Type u) [c : Choice α] : α :=
  match c with
  | .one a => a
  | .two a _ => a

instance : Choice Nat := .two 4 5

theorem t : Small 3 ∧ first Nat = 4 := by
  sorry
