structure Folder where
  name : String
  parts : List Folder

theorem t (f : Folder) : f = ⟨f.name, f.parts⟩ := by
  sorry
