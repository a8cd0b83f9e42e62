def f : Nat := 0
namespace N
theorem t : f = 1 := by
  sorry
end N
