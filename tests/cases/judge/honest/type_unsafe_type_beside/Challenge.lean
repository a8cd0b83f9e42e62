unsafe inductive Bad
  | mk (f : Bad → Nat)

unsafe def Bad.run : Bad → Nat
  | mk f => f (mk f)

inductive Good
  | mk (f : Nat → Good)
  | stop

theorem t (g : Good) (h : ∀ f, g ≠ .mk f) : g = .stop := by
  sorry
