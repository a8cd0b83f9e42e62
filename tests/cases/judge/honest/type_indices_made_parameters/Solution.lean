inductive Member : Type u → Nat → Nat → Type u
  | mk {α : Type u} {k : Nat} (a : α) (n : Nat) : Member α k n

set_option inductive.autoPromoteIndices false in
inductive Kept : Nat → Nat → Prop
  | mk (k n : Nat) : Kept k n → Kept k (n + 1)

inductive Below : Nat → Nat → Prop
  | refl : Below k k
  | step : Below k n → Below k (n + 1)

theorem t (k n : Nat) (m : Member Nat k n) (h : Kept k n ∨ Below k n) : m = m ∧ k ≤ n := by
  refine ⟨rfl, ?_⟩
  rcases h with h | h
  · have no : ∀ k n, Kept k n → False := by
      intro k n h
      induction h
      assumption
    exact (no _ _ h).elim
  · clear m
    induction h with
    | refl => exact Nat.le_refl _
    | step _ ih => exact Nat.le_succ_of_le ih
