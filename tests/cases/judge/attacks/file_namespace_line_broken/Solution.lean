def P : Prop := True
def A.P : Prop := 1 = 2

namespace 3
theorem t : P := trivial
end A
