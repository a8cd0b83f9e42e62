def Pred (α : Type) := α → Prop

inductive Even : Pred Nat
  | zero : Even (0 : Nat)
  | step (n : Nat) : Even n → Even (n + 2 : Nat)

theorem t (n : Nat) (h : Even n) : ∃ k, n = 2 * k := by
  induction h with
  | zero => exact ⟨0, rfl⟩
  | step n _ ih =>
    obtain ⟨k, hk⟩ := ih
    exact ⟨k + 1, by omega⟩
