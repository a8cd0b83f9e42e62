def two : Nat := 2
@[implemented_by two] def one : Nat := 1

theorem bad : one = 2 := by native_decide

theorem t : (1 : Nat) = 2 := bad
