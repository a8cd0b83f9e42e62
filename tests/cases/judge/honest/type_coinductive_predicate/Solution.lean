coinductive Endless {α : Type} (r : α → α → Prop) : α → Prop
  | step {a b : α} (h : r a b) (rest : Endless r b) : Endless r a

theorem t (r : Nat → Nat → Prop) (a : Nat) (h : Endless r a) : ∃ b, r a b := by
  cases h with
  | step h _ => exact ⟨_, h⟩
