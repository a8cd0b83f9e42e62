mutual
inductive Even : Nat → Prop
  | zero : Even 0
  | next : Odd n → Even (n + 1)
inductive Odd : Nat → Prop
  | next : Even n → Odd (n + 1)
end

theorem one_of_both : ∀ n, Even n ∨ Odd n
  | 0 => .inl .zero
  | n + 1 => (one_of_both n).elim (.inr ∘ .next) (.inl ∘ .next)

mutual
theorem Even.mod : ∀ {n}, Even n → n % 2 = 0
  | _, .zero => rfl
  | _, .next h => by have := h.mod; omega
theorem Odd.mod : ∀ {n}, Odd n → n % 2 = 1
  | _, .next h => by have := h.mod; omega
end

theorem t (n : Nat) : n % 2 = 0 ∨ n % 2 = 1 :=
  (one_of_both n).imp Even.mod Odd.mod
