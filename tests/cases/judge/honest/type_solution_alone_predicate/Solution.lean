inductive Even : Nat → Prop
  | zero : Even 0
  | step : Even n → Even (n + 2)

theorem Even.half {n : Nat} (h : Even n) : ∃ k, n = k + k := by
  induction h with
  | zero => exact ⟨0, rfl⟩
  | step _ ih =>
    obtain ⟨k, rfl⟩ := ih
    exact ⟨k + 1, by omega⟩

theorem Even.double : ∀ n : Nat, Even (n + n)
  | 0 => .zero
  | n + 1 => by
    have h : n + 1 + (n + 1) = n + n + 2 := by omega
    exact h ▸ (Even.double n).step

theorem t (n : Nat) : ∃ k, n + n = k + k :=
  (Even.double n).half
