inductive Absent : Type

inductive Never.{u} : Type u

inductive No : Prop

inductive Impossible : Nat → Type
  | mk (n : Nat) (x : Impossible n) : Impossible n

theorem t (f : Nat → Sum Absent (Sum Never.{1} (PLift No))) (x : Impossible 3) : f 0 = f 1 ∧ False := by
  sorry
