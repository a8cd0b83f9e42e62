inductive Half
  | mk (a b : Nat)

def Half.Same : Half → Half → Prop
  | mk a b, mk c d => a + d = c + b

instance Half.setoid : Setoid Half where
  r := Same
  iseqv := by
    refine ⟨fun ⟨a, b⟩ => rfl, fun {x y} h => ?_, fun {x y z} h g => ?_⟩
    · cases x; cases y; exact h.symm
    · cases x; cases y; cases z
      simp only [Same] at *
      omega

def Z := Quotient Half.setoid
def Z.mk (a b : Nat) : Z := Quotient.mk _ (.mk a b)

theorem t (z : Z) : ∃ a b, z = Z.mk a b ∧ Z.mk a b = Z.mk (a + 1) (b + 1) := by
  induction z using Quotient.inductionOn with
  | _ h =>
    cases h with
    | mk a b => exact ⟨a, b, rfl, Quotient.sound (by show a + (b + 1) = a + 1 + b; omega)⟩
