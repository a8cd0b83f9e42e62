universe a b

structure Pairs (α : Type a) (β : Type b) where
  both : PProd (PProd α β) (PProd β α)

theorem t (α : Type a) (β : Type b) (h : Nonempty (PProd (PProd α β) (PProd α β))) (p : Pairs.{a, b} α β) :
    Nonempty α ∧ p = ⟨p.both⟩ := by
  exact ⟨h.elim fun x => ⟨x.1.1⟩, rfl⟩
