inductive Pile (α : Type) : Nat → Type where
  | nil : Pile α 0
  | cons : (fun β : Type => β) α → Pile α n → Pile α ((fun k => k + 1) n)

def Pile.size {α : Type} {n : Nat} : Pile α n → Nat
  | .nil => 0
  | .cons _ p => p.size + 1

theorem Pile.size_eq {α : Type} {n : Nat} (p : Pile α n) : p.size = n := by
  induction p with
  | nil => rfl
  | cons _ _ ih => simp [Pile.size, ih]

theorem t (p : Pile Nat 2) : ∃ a b, p = .cons a (.cons b .nil) := by
  match p with
  | .cons a (.cons b .nil) => exact ⟨a, b, rfl⟩
