inductive Digit
  | d (n : Fin 10)

def Digit.Low : Digit → Prop
  | d n => n.val < 5

def LowDigit := { x : Digit // x.Low }

structure Wrapped where
  digit : LowDigit
  other : { y : Digit // y ≠ digit.val }

theorem t (w : Wrapped) : ∃ n : Fin 10, w.digit.1 = .d n ∧ n.val < 5 ∧ w.other.1 ≠ .d n := by
  sorry
