inductive Table where
  | cell (n : Nat)
  | rows (rows : Array (List Table))

def Table.one : Table := .rows #[[.cell 1]]

inductive Grid where
  | cell (n : Nat)
  | rows (rows : List (Option (Array Grid)))

def Grid.empty : Grid := .rows []

theorem t : ∃ x : Table, x = .rows #[] ∧ x ≠ .one := by
  refine ⟨_, rfl, ?_⟩
  intro h
  have _ := Grid.empty
  injection h with h
  exact absurd (congrArg Array.size h) (by decide)
