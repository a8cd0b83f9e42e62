inductive Vec (α : Type u) : Nat → Type u where
  | nil : Vec α 0
  | cons {n : Nat} (a : α) (v : Vec α n) : Vec α (n + 1)

namespace Vec
variable {α : Type u} {β : Type v}

def map (f : α → β) : {n : Nat} → Vec α n → Vec β n
  | _, nil => nil
  | _, cons a v => cons (f a) (v.map f)

def head {n : Nat} : Vec α (n + 1) → α
  | cons a _ => a
end Vec

theorem t (α : Type u) (β : Type v) (f : α → β) (n : Nat) (v : Vec α (n + 1)) : (v.map f).head = f v.head := by
  sorry
