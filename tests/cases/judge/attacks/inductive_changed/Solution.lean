inductive Colour | red

theorem t : ∀ c : Colour, c = .red := by
  intro c; cases c; rfl
