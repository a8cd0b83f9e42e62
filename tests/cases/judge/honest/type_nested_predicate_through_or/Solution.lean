inductive Reached : Prop where
  | start
  | step (h : Reached ∨ Reached ∧ True)

inductive Somewhere (α : Type) : Prop where
  | here (a : α)
  | there (h : ∃ _ : Nat, Somewhere α)

theorem t : Reached := by
  have h : Somewhere Nat := .there ⟨1, .here 2⟩
  cases h with
  | here => exact .step (.inl .start)
  | there => exact .start
