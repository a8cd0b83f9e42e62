def threshold : Nat := sorry
theorem above : 0 ≤ threshold := by
  sorry

axiom Person : Type
axiom Mortal : Person → Prop
theorem about (p : Person) (h : Mortal p) : Mortal p := by
  sorry
