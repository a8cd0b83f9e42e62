inductive Ordinal : Type
  | zero
  | succ (o : Ordinal)
  | limit (f : Nat → Ordinal)

def Ordinal.ofNat : Nat → Ordinal
  | 0 => .zero
  | n + 1 => .succ (Ordinal.ofNat n)

def Ordinal.peel : Ordinal → Nat
  | zero => 0
  | succ o => o.peel + 1
  | limit f => (f 0).peel

theorem t : ∃ (α : Type) (f : Nat → α) (g : α → Nat), ∀ n, g (f n) = n := by
  refine ⟨Ordinal, Ordinal.ofNat, Ordinal.peel, fun n => ?_⟩
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg (· + 1) ih
