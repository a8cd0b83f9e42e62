universe u v

structure Pairs (α : Type u) (β : Type v) where
  both : PProd (PProd α β) (PProd β α)

theorem t (α : Type u) (β : Type v) (h : Nonempty (PProd (PProd α β) (PProd α β))) (p : Pairs.{u, v} α β) :
    Nonempty α ∧ p = ⟨p.both⟩ := by
  sorry
