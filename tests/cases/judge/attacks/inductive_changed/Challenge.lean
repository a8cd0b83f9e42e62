inductive Colour | red | green

theorem t : ∀ c : Colour, c = .red := by
  sorry
