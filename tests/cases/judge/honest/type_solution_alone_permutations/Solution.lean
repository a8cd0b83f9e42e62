inductive Shuffle {α : Type u} : List α → List α → Prop
  | nil : Shuffle [] []
  | cons (a : α) {x y : List α} : Shuffle x y → Shuffle (a :: x) (a :: y)
  | swap (a b : α) (x : List α) : Shuffle (a :: b :: x) (b :: a :: x)
  | trans {x y z : List α} : Shuffle x y → Shuffle y z → Shuffle x z

theorem Shuffle.length {α : Type u} {x y : List α} (h : Shuffle x y) : x.length = y.length := by
  induction h with
  | nil => rfl
  | cons _ _ ih => exact congrArg Nat.succ ih
  | swap => rfl
  | trans _ _ ih jh => exact ih.trans jh

theorem Shuffle.refl {α : Type u} : ∀ x : List α, Shuffle x x
  | [] => .nil
  | a :: x => .cons a (.refl x)

theorem t (α : Type u) (a b c : α) (x : List α) : (a :: b :: c :: x).length = (c :: a :: b :: x).length :=
  (Shuffle.trans (.cons a (.swap b c x)) (.swap a c (b :: x))).length
