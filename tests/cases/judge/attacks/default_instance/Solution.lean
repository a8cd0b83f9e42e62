@[default_instance high] instance first : HPow Nat Nat Nat := ⟨fun x _ => x⟩

theorem t (x : Nat) : x ^ 2 = x := rfl
