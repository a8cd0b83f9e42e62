def Pred (α : Type) := α → Prop

def Pred.Holds {α : Type} (p : Pred α) : Prop := ∀ a, p a

structure Everywhere (α : Type) where
  pred : Pred α
  holds : pred.Holds

theorem t (e : Everywhere Nat) : e.pred 3 := by
  sorry
