inductive Sign where
  | plus
  | minus
  deriving BEq

theorem t : (Sign.plus == Sign.minus) = true := by
  sorry
