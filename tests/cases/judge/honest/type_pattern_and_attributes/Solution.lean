/-- Numbers with a sign. -/
@[ext] structure Signed where
  /-- below zero -/
  minus : Bool
  /-- how much -/
  size : Nat

inductive List'
  | nil
  | cons (a : Signed) (l : List')

@[match_pattern] abbrev Signed.pos (n : Nat) : Signed := ⟨false, n⟩
@[match_pattern] def List'.single (a : Signed) : List' := .cons a .nil

@[simp] def List'.isPos : List' → Bool
  | .single (.pos _) => true
  | _ => false

attribute [simp] Signed.mk.injEq

theorem t (l : List') (h : l.isPos) : ∃ n, l = .single ⟨false, n⟩ := by
  match l, h with
  | .single (.pos n), _ => exact ⟨n, rfl⟩
