namespace A.B
theorem t : 3 = 3 := by
  sorry
end A.B
