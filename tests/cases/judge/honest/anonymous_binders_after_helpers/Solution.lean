theorem one (p : Prop) [Decidable p] (h : p) : (if p then 1 else 2) = 1 := if_pos h
theorem two (p : Prop) [Decidable p] (h : p) : (if p then 1 else 2) = 1 := one p h

theorem t (p : Prop) [Decidable p] (_ : p) : (if p then 1 else 2) = 1 := two p ‹p›
