def P : Prop := True
def A.P : Prop := 1 = 2

namespace A
theorem t : P := by sorry
end A
