def Subset (α : Type) := α → Prop

mutual
inductive Even : Subset Nat
  | zero : Even (0 : Nat)
  | next (n : Nat) : Odd n → Even (n + 1 : Nat)
inductive Odd : Subset Nat
  | next (n : Nat) : Even n → Odd (n + 1 : Nat)
end

theorem t (n : Nat) (h : Even n) (g : Odd n) : False := by
  sorry
