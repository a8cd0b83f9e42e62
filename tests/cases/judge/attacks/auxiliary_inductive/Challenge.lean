inductive _A where | mk
def P (α : Type) : Prop := α = _A
inductive _B where | mk

theorem t : P _B := by
  sorry
