def base : Nat := 5
notation "b₀" => baze

theorem t : b₀ * 1 = (b₀ : Nat) := Nat.mul_one _
