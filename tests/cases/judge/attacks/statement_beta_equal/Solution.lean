theorem t : (fun n : Nat => n = 1) 1 := rfl
