def witness : Nat := 7

theorem t : ∃ n : Nat, n * n = 49 := ⟨witness, rfl⟩
