universe r s
structure Lift (α : Type s) : Type (max s r) where
  up ::
  down : α

structure FromSort (α : Sort s) : Type s where
  get : α

inductive Hidden.{u} : Type (u + 1)
  | mk (α : Type u) (a : α)

theorem t (α : Type s) (x y : Lift.{r} α) (h : x.down = y.down) (p q : FromSort (1 = 1)) : x = y ∧ p = q := by
  sorry
