inductive Reached : Prop where
  | start
  | step (h : Reached ∨ Reached ∧ True)

theorem t : Reached := by
  sorry
