class Size (α : Type) where
  size : Nat
instance : Size Bool := ⟨2⟩
instance : Size Bool := ⟨1⟩

theorem t : Size.size Bool = 1 := rfl
