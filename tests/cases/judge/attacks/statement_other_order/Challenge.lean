theorem t (p q : Prop) (hp : p) : q → p := by
  sorry
