inductive Table where
  | cell (n : Nat)
  | rows (rows : Array (List Table))

def Table.one : Table := .rows #[[.cell 1]]

theorem t : ∃ x : Table, x = .rows #[] ∧ x ≠ .one := by
  sorry
