class Size (α : Type) where
  size : Nat
instance : Size Bool := ⟨2⟩

theorem t : Size.size Bool = 1 := by
  sorry
