inductive Pile (α : Type) : Nat → Type where
  | nil : Pile α 0
  | cons : (fun β : Type => β) α → Pile α n → Pile α ((fun k => k + 1) n)

theorem t (p : Pile Nat 2) : ∃ a b, p = .cons a (.cons b .nil) := by
  sorry
