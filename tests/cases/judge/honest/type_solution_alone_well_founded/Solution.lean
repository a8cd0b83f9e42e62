inductive Shorter {α : Type} : List α → List α → Prop
  | tail (a : α) (xs : List α) : Shorter xs (a :: xs)

theorem Shorter.wf {α : Type} : WellFounded (@Shorter α) := by
  constructor
  intro xs
  induction xs with
  | nil => exact ⟨_, fun _ h => nomatch h⟩
  | cons x xs ih => exact ⟨_, fun _ h => by cases h; exact ih⟩

theorem t (p : List Nat → Prop) (h : ∀ xs, (∀ y ys, xs = y :: ys → p ys) → p xs) (xs : List Nat) : p xs := by
  induction xs using Shorter.wf.induction with
  | _ xs ih =>
    apply h
    rintro y ys rfl
    exact ih ys (.tail y ys)
