mutual
theorem one (n : Nat) : n = n + 1 := by
  cases n with
  | zero => exact two 0
  | succ n => exact two (n + 1)
theorem two (n : Nat) : n = n + 1 := by
  exact nonsense
end

theorem t : 1 = 2 := one 1
