inductive Odd : (let n := Nat; n → Prop) where
  | one : Odd 1
  | two (n : Nat) : Odd n → Odd (n + 2)

theorem t (n : Nat) (h : Odd n) : n % 2 = 1 := by
  sorry
