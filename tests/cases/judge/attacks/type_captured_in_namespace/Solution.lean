namespace N
inductive Nat | only
theorem t (a b : Nat) : a = b := by
  cases a; cases b; rfl
end N
