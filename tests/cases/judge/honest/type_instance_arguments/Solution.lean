inductive Sum' (α : Type u) [Add α] : α → Prop where
  | one (a : α) : Sum' α a
  | add {a b : α} (ha : Sum' α a) (hb : Sum' α b) : Sum' α (a + b)

inductive Shown : Type 1 where
  | mk {α : Type} [inst : Repr α] [DecidableEq α] ⦃n : Nat⦄ (a : α) : Shown

structure Point (α : Type u) [Add α] [Zero α] where
  x : α
  y : α
  sum : x + y = 0

theorem t (p : Point Int) (s : Shown) : p.y = -p.x ∧ Sum' Int (p.x + 4) ∧ 
    ∃ (α : Type) (_ : DecidableEq α), Nonempty α := by
  refine ⟨?_, .add (.one _) (.one _), ?_⟩
  · have := p.sum
    omega
  · cases s with
    | @mk α _ d _ a => exact ⟨α, d, ⟨a⟩⟩
