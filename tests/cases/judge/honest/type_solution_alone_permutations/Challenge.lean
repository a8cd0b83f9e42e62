theorem t (α : Type u) (a b c : α) (x : List α) : (a :: b :: c :: x).length = (c :: a :: b :: x).length := by
  sorry
