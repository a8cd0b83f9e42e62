inductive Day | mon | tue | wed
  deriving DecidableEq, Repr

def next : Day → Day
  | .mon => .tue
  | .tue => .wed
  | .wed => .mon

theorem t : ∀ d : Day, next (next (next d)) = d := by
  intro d
  cases d <;> rfl
