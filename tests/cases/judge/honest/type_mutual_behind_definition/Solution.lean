def Subset (α : Type) := α → Prop

mutual
inductive Even : Subset Nat
  | zero : Even (0 : Nat)
  | next (n : Nat) : Odd n → Even (n + 1 : Nat)
inductive Odd : Subset Nat
  | next (n : Nat) : Even n → Odd (n + 1 : Nat)
end

mutual
theorem Even.mod : ∀ n, Even n → n % 2 = 0
  | _, .zero => rfl
  | _, .next n h => by have := Odd.mod n h; omega
theorem Odd.mod : ∀ n, Odd n → n % 2 = 1
  | _, .next n h => by have := Even.mod n h; omega
end

theorem t (n : Nat) (h : Even n) (g : Odd n) : False := by
  have := h.mod
  have := g.mod
  omega
