inductive Rose where
  | node (children : List Rose)

theorem t : ∃ r : Rose, r = .node [] := by
  sorry
