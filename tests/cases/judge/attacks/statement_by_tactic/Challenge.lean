def Big (n : Nat) : Prop := 3 < n

theorem t : (by
    first
      | (have : Big 5 := by simp)
        exact True
      | exact (1 : Nat) = 2) := by
  sorry
