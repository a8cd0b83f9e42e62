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
  sorry
