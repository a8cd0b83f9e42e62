inductive Ex {α : Sort u} (p : α → Prop) : Prop
  | intro (w : α) (h : p w)

inductive MyOr (p q : Prop) : Prop
  | left (h : p)
  | right (h : q)

inductive Inhab (α : Sort u) : Prop
  | mk (a : α)

theorem t (p : Nat → Prop) (h : MyOr (Ex p) (Ex fun n => p (n + 1))) : Ex p ∧ Inhab (Ex p) := by
  have e : Ex p := by
    cases h with
    | left h => exact h
    | right h =>
      obtain ⟨w, h⟩ := h
      exact ⟨w + 1, h⟩
  exact ⟨e, ⟨e⟩⟩
