inductive Sign where
  | plus
  | minus
  deriving BEq

instance (priority := high) always : BEq Sign := ⟨fun _ _ => true⟩

theorem t : (Sign.plus == Sign.minus) = true := rfl
