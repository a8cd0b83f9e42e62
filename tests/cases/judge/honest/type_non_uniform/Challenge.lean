inductive Nest : Type → Type 1
  | nil {α : Type} : Nest α
  | cons {α : Type} (a : α) (rest : Nest (α × α)) : Nest α

def Nest.depth : {α : Type} → Nest α → Nat
  | _, nil => 0
  | _, cons _ r => r.depth + 1

theorem t : (Nest.cons 1 (.cons (2, 3) (.nil))).depth = 2 ∧ ∀ x : Nest Nat, x.depth = 0 → x = .nil := by
  sorry
