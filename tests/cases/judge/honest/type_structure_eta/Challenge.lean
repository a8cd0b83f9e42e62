structure Point (α : Type u) where
  x : α
  y : α
  deriving DecidableEq, Repr

def Point.swap {α : Type u} (p : Point α) : Point α := ⟨p.2, p.1⟩

theorem t (α : Type u) (p : Point α) (q : Point Nat) : p = ⟨p.x, p.y⟩ ∧ p.swap.swap = p ∧ { q with x := q.x } = q := by
  sorry
