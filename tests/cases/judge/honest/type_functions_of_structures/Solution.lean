@[ext] structure Iso (α : Type u) (β : Type v) : Type (max u v) where
  to : α → β
  inv : β → α
  left : ∀ a, inv (to a) = a
  right : ∀ b, to (inv b) = b

def Iso.symm {α : Type u} {β : Type v} (e : Iso α β) : Iso β α := ⟨e.inv, e.to, e.right, e.left⟩

theorem t (α : Type u) (β : Type v) (e f : Iso α β) (h : e.to = f.to) : e = f ∧ e.symm.symm = e := by
  refine ⟨?_, rfl⟩
  apply Iso.ext h
  funext b
  rw [← f.right b, f.left, ← h, e.left]
