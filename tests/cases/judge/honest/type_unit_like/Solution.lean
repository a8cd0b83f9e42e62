inductive Single : Type
  | it

structure Nothing.{u} : Type u

structure Pack (p : Prop) : Type where
  proof : p

theorem t (p : Prop) (a b : Single) (c d : Nothing.{3}) (x y : Pack p) : a = b ∧ c = d ∧ x = y := by
  refine ⟨?_, rfl, ?_⟩
  · cases a
    cases b
    rfl
  · cases x
    rfl
