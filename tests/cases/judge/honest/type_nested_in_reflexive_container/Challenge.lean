inductive Branch (α : Type) where
  | stop (a : α)
  | ask (f : Nat → Branch α)

inductive Proc where
  | done
  | run (next : Nat → Branch (Option Proc))

theorem t (f g : Nat → Branch (Option Proc)) (h : Proc.run f = .run g) : f 0 = g 0 := by
  sorry
