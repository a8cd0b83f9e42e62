inductive Term
  | var (n : Nat)
  | neg (a : Term)
  | and (a b : Term)
  deriving DecidableEq

def Term.depth : Term → Nat
  | var _ => 0
  | neg a => a.depth + 1
  | and a b => max a.depth b.depth + 1

def Term.strip : Term → Term
  | neg (neg a) => a.strip
  | neg a => neg a
  | and a b => and a.strip b.strip
  | var n => var n
termination_by x => x.depth
decreasing_by all_goals simp only [depth]; omega

theorem t (n : Nat) : (Term.neg (.neg (.and (.var n) (.neg (.neg (.var n)))))).strip = .and (.var n) (.var n) := by
  sorry
