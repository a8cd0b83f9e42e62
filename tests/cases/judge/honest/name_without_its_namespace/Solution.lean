namespace A.B
theorem t : 3 = 3 := rfl
end A.B
