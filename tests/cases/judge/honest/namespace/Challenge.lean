namespace A.B
def f : Nat := 3

theorem t : f = 3 := by
  sorry
end A.B
