def U := Type

inductive Light : U
  | on
  | off

def toggle : Light → Light
  | .on => .off
  | .off => .on

theorem t (l : Light) : toggle (toggle l) = l := by
  cases l <;> rfl
