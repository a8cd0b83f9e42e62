mutual
inductive Even : Nat → Prop
  | zero : Even 0
  | succ (n : Nat) : Odd n → Even (n + 1)
inductive Odd : Nat → Prop
  | succ (n : Nat) : Even n → Odd (n + 1)
end

theorem t : Even 4 := .succ _ (.succ _ (.succ _ (.succ _ .zero)))
