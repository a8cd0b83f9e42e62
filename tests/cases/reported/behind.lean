theorem behind (a b : Nat) (h : a = b) : b = a ∧ True := by
  refine ⟨?_, ?_⟩
  sorry
  trivial
