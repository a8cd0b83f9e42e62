inductive Same {α : Sort u} (a : α) : α → Prop
  | refl : Same a a

def Same.carry {α : Sort u} {a : α} (C : α → Sort v) (x : C a) : {b : α} → Same a b → C b
  | _, .refl => x

theorem Same.of_eq {α : Sort u} {a b : α} (h : a = b) : Same a b := by
  cases h
  exact .refl

theorem t (n m : Nat) (h : n = m) (v : Fin n) : ∃ w : Fin m, w.val = v.val :=
  (Same.of_eq h).carry (fun k => ∃ w : Fin k, w.val = v.val) ⟨v, rfl⟩
