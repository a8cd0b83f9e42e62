macro "enum " n:ident " := " a:ident " | " b:ident : command =>
  `(inductive $n | $a:ident | $b:ident
      deriving DecidableEq)

macro "hidden " n:ident : command =>
  `(structure Hidden where
      value : Nat
    def $n (a : Nat) : Hidden := ⟨a⟩)

enum Way := up | down
hidden hide

theorem t (a b : Nat) (w : Way) (h : hide a = hide b) : a = b ∧ (w = .up ∨ w = .down) := by
  sorry
