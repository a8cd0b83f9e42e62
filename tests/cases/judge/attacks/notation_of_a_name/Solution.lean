def f : Nat := 0
def g : Nat := 1
local notation "f" => g

theorem t : f = 1 := rfl
