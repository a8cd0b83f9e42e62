unsafe inductive Bad
  | mk (f : Bad → Nat)

unsafe def Bad.run : Bad → Nat
  | mk f => f (mk f)

inductive Good
  | mk (f : Nat → Good)
  | stop

theorem t (g : Good) (h : ∀ f, g ≠ .mk f) : g = .stop := by
  cases g with
  | mk f => exact absurd rfl (h f)
  | stop => rfl
