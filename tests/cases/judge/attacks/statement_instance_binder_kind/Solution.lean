theorem t (α : Type) (_ : Inhabited α) : ∃ _ : α, True := ⟨default, trivial⟩
