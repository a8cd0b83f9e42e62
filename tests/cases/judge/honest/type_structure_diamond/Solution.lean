structure Base (α : Type u) where
  point : α

structure Left (α : Type u) extends Base α where
  left : α → α
  fixes : left point = point

structure Right (α : Type u) extends Base α where
  right : α → α := id

structure Full (α : Type u) extends Left α, Right α where
  agree : left (right point) = point

theorem t (α : Type u) (f : Full α) (h : f.right = id) : f.toRight.point = f.toLeft.left f.point ∧
    f.right f.point = f.point := by
  exact ⟨f.fixes.symm, by rw [h]; rfl⟩
