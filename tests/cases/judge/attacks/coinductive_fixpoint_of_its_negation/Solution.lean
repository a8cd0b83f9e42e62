def Liar : Prop := ¬ Liar
coinductive_fixpoint

theorem liar : Liar ↔ ¬ Liar := by
  constructor <;> intro h <;> rw [Liar] at * <;> exact h

theorem t : (1 : Nat) = 2 :=
  have h : ¬ Liar := fun h => liar.mp h h
  absurd (liar.mpr h) h
