universe r s
structure Lift (α : Type s) : Type (max s r) where
  up ::
  down : α

structure FromSort (α : Sort s) : Type s where
  get : α

inductive Hidden.{u} : Type (u + 1)
  | mk (α : Type u) (a : α)

theorem t (α : Type s) (x y : Lift.{r} α) (e : x.down = y.down) (p q : FromSort (1 = 1))
    (h : Hidden.{r}) : x = y ∧ p = q ∧ ∃ β b, h = .mk β b := by
  sorry
