inductive Doc : Bool → Type where
  | word (s : String) : Doc true
  | line (parts : List (Doc true)) : Doc false
  | page (lines : Array (Doc false)) (note : Option (Doc true)) : Doc false

theorem t (d : Doc true) : ∃ s, d = .word s := by
  sorry
