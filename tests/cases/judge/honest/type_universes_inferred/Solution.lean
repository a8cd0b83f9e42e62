structure Pair (α : Sort u) (β : Sort v) where
  one : α
  two : β

structure Over (α : Type u) where
  index : Type v
  value : index → α

inductive Opt (α : Type _)
  | none
  | some (a : α)

inductive Tall
  | mk (α : Type 2) (a : α) (f : α → Opt Tall)

theorem t (p : Prop) (q : Pair p (Pair Nat (Opt Nat))) (o : Over.{0, 1} Nat) (α : Type 2) (f : α → Opt Tall) (a : α) :
    p ∧ q = ⟨q.1, q.2⟩ ∧ (⟨o.index, o.value⟩ : Over Nat) = o ∧ ∃ x, x = Tall.mk α a f :=
  ⟨q.one, rfl, rfl, _, rfl⟩
