structure Small where
  bound : Nat
  value : let m := bound + 1; Fin m

theorem t (s : Small) : s.value.val ≤ s.bound := by
  have := s.value.isLt
  omega
