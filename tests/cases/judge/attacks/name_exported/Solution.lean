def f : Nat := 0
namespace Other
def f : Nat := 1
end Other
section
open Other (f)

theorem t : (f : Nat) = 1 := rfl
end
