class Magma (α : Type) where
  op : α → α → α

structure Commutes (α : Type) [Magma α] : Prop where
  comm : ∀ a b : α, Magma.op a b = Magma.op b a

instance : Magma Nat := ⟨Nat.add⟩

theorem t : Commutes Nat := by
  sorry
