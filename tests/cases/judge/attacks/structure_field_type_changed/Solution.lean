structure Cell where
  value : Unit

theorem t (c d : Cell) : c = d := by
  cases c; cases d; rfl
