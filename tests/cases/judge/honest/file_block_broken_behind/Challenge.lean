namespace A
theorem t : 2 + 2 = 4 := by sorry
end A
