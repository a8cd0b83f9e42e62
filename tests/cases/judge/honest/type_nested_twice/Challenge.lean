inductive Json where
  | null
  | num (n : Nat)
  | arr (items : Array Json)
  | obj (fields : List (String × Json))

theorem t (xs : Array Json) (ys : List (String × Json)) : Json.arr xs ≠ .obj ys := by
  sorry
