theorem t (a b c : Nat) (h : a = b) (g : b = c) : a + a = c + c := by
  calc a + a = b + b := by rw [h]
    _ = c + c := by rw [g]
