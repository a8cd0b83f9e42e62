theorem case_of (n : Nat) : n + 0 = n := by
  cases n
  case zero => rfl
  case succ k => sorry

theorem argument (p q : Prop) (hp : p) (hq : q) : p ∧ q :=
  And.intro
    hp
    sorry

theorem first_of (n : Nat) : n = n := by
  first
  | fail
  | sorry

theorem inferred (a b : Nat) (h : a ≤ b) : a ≤ b + 1 :=
  Nat.le_succ_of_le (show a ≤ b from sorry)
