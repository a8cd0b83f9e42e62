inductive Color
  | red
  | black

inductive RB (α : Type u) : Color → Nat → Type u
  | leaf : RB α .black 0
  | red {n : Nat} (l : RB α .black n) (a : α) (r : RB α .black n) : RB α .red n
  | black {c d : Color} {n : Nat} (l : RB α c n) (a : α) (r : RB α d n) : RB α .black (n + 1)

def RB.depth {α : Type u} : {c : Color} → {n : Nat} → RB α c n → Nat
  | _, _, leaf => 0
  | _, _, red l _ r => max l.depth r.depth + 1
  | _, _, black l _ r => max l.depth r.depth + 1

theorem t (α : Type u) (c : Color) (n : Nat) (x : RB α c n) : x.depth ≤ 2 * n + 1 := by
  sorry
