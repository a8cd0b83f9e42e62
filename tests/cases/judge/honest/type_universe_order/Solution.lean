inductive Swap.{v, u, w} (α : Type u) (β : Type v) : Type (max w v u)
  | mk (a : α) (b : β)

structure Phantom.{a, b} (α : Type a) : Type (max a b) where
  value : Nat

inductive Tower (α : Type 5) : Type 7
  | mk (x : α) (β : Type 6)

def Swap.flip.{v, u, w} {α : Type u} {β : Type v} : Swap.{v, u, w} α β → Swap.{u, v, w} β α
  | .mk a b => .mk b a

theorem t.{u, v, w} (α : Type u) (β : Type v) (x : Swap.{v, u, w} α β) (p : Phantom.{u, w} α) (γ : Type 5)
    (s : Tower γ) : x.flip.flip = x ∧ (⟨p.value⟩ : Phantom.{u, w} α) = p ∧ ∃ c δ, s = .mk c δ := by
  cases x
  cases s
  exact ⟨rfl, rfl, _, _, rfl⟩
