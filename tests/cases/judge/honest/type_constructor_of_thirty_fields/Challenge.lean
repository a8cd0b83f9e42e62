inductive Step
  | stay
  | go (a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 : Nat) (p : a0 < a1) (b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 : Step)
      (q : a1 < a2) (c0 c1 c2 c3 c4 c5 c6 : Fin (a9 + 1))

def Step.early : Step → Nat
  | stay => 0
  | go a0 _ a2 .. => a2 - a0

theorem t (s : Step) : s = .stay ∨ 0 < s.early := by
  sorry
