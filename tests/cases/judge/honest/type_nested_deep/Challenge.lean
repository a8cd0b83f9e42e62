inductive Deep where
  | leaf
  | node (x : List (List (Option (Array (List Deep × Option Deep)))))

inductive Deeper where
  | node (x : Nat → Option (Bool → List (Nat → Deeper)))

theorem t (x : Deep) (y : Deeper) (h : x = .node [[none]]) : x ≠ .leaf ∧ ∃ f, y = .node f := by
  sorry
