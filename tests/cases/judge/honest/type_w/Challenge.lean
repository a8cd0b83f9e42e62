inductive W {α : Type u} (β : α → Type v) : Type (max u v)
  | sup (a : α) (f : β a → W β)

def W.label {α : Type u} {β : α → Type v} : W β → α
  | sup a _ => a

abbrev N := W fun b : Bool => if b then Unit else Empty

theorem t : ∀ x : N, x.label = true ∨ ∃ f, x = .sup false f := by
  sorry
