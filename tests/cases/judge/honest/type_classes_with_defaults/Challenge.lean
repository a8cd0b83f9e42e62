universe u

class Mul' (α : Type u) where
  mul : α → α → α

class Group' (α : Type u) extends Mul' α, Inhabited α where
  one : α := default
  one_mul : ∀ a : α, mul one a = a
  pow : Nat → α → α := fun n a => n.rec one fun _ b => mul a b
  pow_zero : ∀ a, pow 0 a = one := by intros; rfl

instance : Group' Nat where
  mul := Nat.add
  one_mul := Nat.zero_add

theorem t (α : Type u) [Group' α] (a : α) : Mul'.mul (Group'.pow 0 a) a = a ∧ Group'.pow 3 (2 : Nat) = 6 := by
  sorry
