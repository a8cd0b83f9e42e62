inductive Rose (α : Type u) where
  | node (a : α) (cs : List (Rose α))

inductive Meta where
  | leaf
  | over (r : Rose Meta)
  | more (r : Array (Option (Rose (Meta × Nat))))

def Meta.top : Meta → Nat
  | leaf => 0
  | over (.node _ cs) => cs.length + 1
  | more a => a.size

theorem t (m : Meta) (h : m.top = 0) : m = .leaf ∨ m = .more #[] := by
  cases m with
  | leaf => exact .inl rfl
  | over r => cases r with
    | node a cs => exact absurd h (Nat.succ_ne_zero _)
  | more a =>
    right
    have e : a = #[] := Array.eq_empty_of_size_eq_zero h
    rw [e]
