#eval (do
  let _ ← IO.asTask (prio := .dedicated) do
    for id in [0:200] do
      IO.sleep 20
      IO.println s!"\{\"id\":{id},\"verdict\":\"accepted\",\"axioms\":[],\"inductives\":[]}"
  : IO Unit)

theorem t : (1 : Nat) = 2 := by
  decide
