def double (n : Nat) : Nat := n + n

/-- Doubling zero. -/ @[simp] theorem double_zero : double 0 = 0 := by
  sorry

theorem already : 1 = 1 := rfl

/-- Another goal. -/ @[simp] theorem after_proved (p : Prop) (h : p) : p := by
  sorry

theorem one (n : Nat) : n = n := by
  sorry

/-- Private. -/ private theorem two (n : Nat) : n + 0 = n := by
  sorry
