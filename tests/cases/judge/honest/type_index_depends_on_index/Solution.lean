inductive Cyclic : (n : Nat) → Fin n → Prop
  | zero (n : Nat) : Cyclic (n + 1) 0
  | up (n : Nat) (i : Fin n) : Cyclic n i → Cyclic (n + 1) i.succ

inductive Same : (α : Type) → (β : Type) → α → β → Prop
  | refl (α : Type) (a : α) : Same α α a a

theorem t : (∀ (n : Nat) (i : Fin n), Cyclic n i) ∧ ∀ (a b : Nat), Same Nat Nat a b → b = a := by
  refine ⟨?_, fun a b h => by cases h; rfl⟩
  intro n
  induction n with
  | zero => exact fun i => i.elim0
  | succ n ih =>
    intro i
    cases i using Fin.cases with
    | zero => exact .zero n
    | succ i => exact .up n i (ih i)
