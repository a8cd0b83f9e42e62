theorem t : 1 = 2 := by exact nonsense

namespace B
private theorem t : 1 = 1 := rfl
end B
