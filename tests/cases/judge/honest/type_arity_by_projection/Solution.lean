structure Universe where
  Sets : Type 1
  Codes : Type

def small : Universe := ⟨Type, Nat⟩

inductive Coin : small.Sets
  | heads
  | tails

theorem t (a b c : Coin) : a = b ∨ b = c ∨ a = c := by
  cases a <;> cases b <;> cases c <;> simp
