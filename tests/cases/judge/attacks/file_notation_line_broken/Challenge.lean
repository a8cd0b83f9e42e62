def base : Nat := 5
notation "b₀" => base

theorem t : b₀ * 1 = (b₀ : Nat) := by sorry
