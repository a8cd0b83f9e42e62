def back (xs : List Nat) : List Nat := xs.reverse

theorem t (xs : List Nat) : back (back xs) = xs := by
  simp [back]
