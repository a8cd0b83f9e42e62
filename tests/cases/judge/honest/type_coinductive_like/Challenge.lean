structure Stream' (α : Type u) : Type (u + 1) where
  State : Type u
  now : State
  next : State → α × State

def Stream'.at {α : Type u} (s : Stream' α) : Nat → α
  | 0 => (s.next s.now).1
  | n + 1 => Stream'.at ⟨s.State, (s.next s.now).2, s.next⟩ n

structure Bisim {α : Type u} (s t : Stream' α) : Type u where
  Rel : s.State → t.State → Prop
  now : Rel s.now t.now
  next : ∀ x y, Rel x y → (s.next x).1 = (t.next y).1 ∧ Rel (s.next x).2 (t.next y).2

theorem t (α : Type u) (s r : Stream' α) (b : Bisim s r) (n : Nat) : s.at n = r.at n := by
  sorry
