def f : Nat := 0
namespace N
def f : Nat := 1
theorem t : f = 1 := rfl
end N
