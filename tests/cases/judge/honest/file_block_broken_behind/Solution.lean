namespace A
theorem t : 2 + 2 = 4 := rfl
mutual
theorem u : 1 = 2 := v
theorem v : 1 = 2 := by exact nonsense
end
