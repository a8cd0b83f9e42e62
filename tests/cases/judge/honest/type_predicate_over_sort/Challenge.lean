inductive Has {α : Sort u} (x : α) : (β : Sort u) → β → Prop
  | refl : Has x α x

inductive Count (α : Sort u) : Nat → Prop
  | none (h : α → False) : Count α 0
  | one (a : α) (h : ∀ b, b = a) : Count α 1

theorem t (p : Prop) (n : Nat) (h : Count p n) (a b : Nat) (g : Has a Nat b) : (n = 1 ↔ p) ∧ a = b := by
  sorry
