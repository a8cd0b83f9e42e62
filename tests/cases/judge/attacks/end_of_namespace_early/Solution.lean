namespace N
def f : Nat := 0
end N
def f : Nat := 1
namespace M
theorem N.t : f = 1 := rfl
end M
