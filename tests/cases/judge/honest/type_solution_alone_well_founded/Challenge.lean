theorem t (p : List Nat → Prop) (h : ∀ xs, (∀ y ys, xs = y :: ys → p ys) → p xs) (xs : List Nat) : p xs := by
  sorry
