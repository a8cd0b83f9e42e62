/-! The same with two types. -/

inductive _C where | mk
def P (α : Type) : Prop := α = _C

theorem t : P _C := rfl
