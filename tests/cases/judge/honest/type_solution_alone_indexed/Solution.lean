inductive Vec (α : Type u) : Nat → Type u
  | nil : Vec α 0
  | cons {n : Nat} (a : α) (v : Vec α n) : Vec α (n + 1)

def Vec.toList {α : Type u} : {n : Nat} → Vec α n → List α
  | _, nil => []
  | _, cons a v => a :: v.toList

theorem Vec.length_toList {α : Type u} {n : Nat} (v : Vec α n) : v.toList.length = n := by
  induction v with
  | nil => rfl
  | cons a v ih => exact congrArg Nat.succ ih

def Vec.fill {α : Type u} (a : α) : (n : Nat) → Vec α n
  | 0 => .nil
  | n + 1 => .cons a (.fill a n)

theorem t (α : Type u) (a : α) (n : Nat) : ∃ xs : List α, xs.length = n :=
  ⟨(Vec.fill a n).toList, Vec.length_toList _⟩
