theorem t (α : Type u) (a : α) (n : Nat) : ∃ xs : List α, xs.length = n := by
  sorry
