prelude
import Init.Core

universe u

inductive Step (α : Type u) : Nat → Type u
  | nil : Step α Nat.zero
  | cons (n : Nat) (a : α) (s : Step α n) : Step α (Nat.succ n)

inductive Rose (α : Type u) : Type u
  | node (a : α) (cs : List (Rose α)) : Rose α

structure Two (p q : Prop) : Prop where
  one : p
  two : q

theorem t (p q : Prop) (h : Two p q) (α : Type u) (a : α) (_ : Step α Nat.zero) :
    And (Two q p) (Exists fun x : Rose α => Eq x (Rose.node a List.nil)) := by
  sorry
