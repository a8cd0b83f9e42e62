universe u v w

inductive A (α : Type u) (β : Type v) : Type (max u v)
  | mk (a : α) (b : β)

inductive B (α : Type v) : Type (max v (u + 1))
  | mk (γ : Type u) (f : γ → α)

inductive C (α : Sort u) (β : α → Sort v) : Sort (max 1 u v)
  | mk (a : α) (b : β a)

inductive D (α : Sort u) : Sort (max (u + 1) w)
  | mk (a : α)
  | other (d : D α)

inductive E (α : Type u) : Type (max (max w u) 1 + 0)
  | mk (γ : Type) (a : α) (g : γ)

theorem t (α : Type u) (x y : A α (B.{u} α)) (h : ∀ a : α, C α fun _ => D.{u + 1, w} α) (a : α) (e : E.{u, w} α) :
    x = y ∨ (∃ b z, y = .mk b z) ∧ e = e ∧ ∃ d, d = (h a).rec (motive := fun _ => D.{u + 1, w} α) fun _ b => b := by
  cases y with
  | mk b z => exact .inr ⟨⟨b, z, rfl⟩, rfl, _, rfl⟩
