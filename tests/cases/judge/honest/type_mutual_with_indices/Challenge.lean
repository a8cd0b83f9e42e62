mutual
inductive Even : Nat → Prop
  | zero : Even 0
  | next (n : Nat) (h : Odd n true) : Even (n + 1)
inductive Odd : Nat → Bool → Prop
  | next (n : Nat) (b : Bool) (h : Even n) : Odd (n + 1) b
end

theorem t (n : Nat) (h : Even n) : n % 2 = 0 := by
  sorry
