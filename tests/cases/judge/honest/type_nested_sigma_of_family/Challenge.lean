inductive Packed : Nat → Type where
  | zero : Packed 0
  | join (parts : List ((n : Nat) × Packed n)) : Packed 1
  | all (f : (n : Nat) → Packed (n + n)) (n : Nat) : Packed n
  | one (x : Option ((n : Nat) → Packed (n + 2))) : Packed 2

theorem t (p : Packed 5) : ∃ q : Packed 1, q = .join [⟨0, .zero⟩, ⟨5, p⟩] := by
  sorry
