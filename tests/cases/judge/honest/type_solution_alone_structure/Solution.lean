structure Witness (p : Nat → Prop) where
  value : Nat
  holds : p value
  least : ∀ m, m < value → ¬p m

theorem Witness.unique {p : Nat → Prop} : ∀ v w : Witness p, v.value = w.value := by
  intro v w
  rcases Nat.lt_trichotomy v.value w.value with h | h | h
  · exact absurd v.holds (w.least _ h)
  · exact h
  · exact absurd w.holds (v.least _ h)

theorem t (a b : Nat) (h : ∀ m, m < a → m * m < 50) (g : ∀ m, m < b → m * m < 50)
    (ha : 50 ≤ a * a) (hb : 50 ≤ b * b) : a = b :=
  Witness.unique (p := fun n => 50 ≤ n * n) ⟨a, ha, fun m l => Nat.not_le.mpr (h m l)⟩
    ⟨b, hb, fun m l => Nat.not_le.mpr (g m l)⟩
