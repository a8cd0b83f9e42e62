def P : Prop := True
def A.P : Prop := 1 = 2

namespace 3
theorem A.t : _root_.P := trivial
end A
