inductive Flag : id (Nat → Type) where
  | raised (n : Nat) : Flag n
  | lowered : Flag 0

theorem t (x : Flag 1) : x = .raised 1 := by
  cases x
  rfl
