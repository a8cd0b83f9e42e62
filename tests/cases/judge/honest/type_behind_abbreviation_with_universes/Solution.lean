universe u v

abbrev Family (ι : Type u) := ι → Type v

inductive Tagged (α : Type v) : Family.{0, v} Bool
  | yes (a : α) : Tagged α true
  | no : Tagged α false

def value {α : Type v} : Tagged α true → α
  | .yes a => a

theorem t (α : Type v) (x y : Tagged α true) (h : value x = value y) : x = y := by
  cases x with
  | yes a => cases y with
    | yes b => exact congrArg Tagged.yes h
