inductive Mark
  | last (x : Fin 3) (h : x = ⟨2, by decide⟩)
  | any (xs : List Nat) (h : 0 < xs.length) (x : Nat) (g : x = xs[0]'h)

def Mark.value : Mark → Nat
  | last x _ => x
  | any _ _ x _ => x

theorem t (m : Mark) (_ : ∀ xs : List Nat, ∀ p, xs[0]'p < 5 → m.value < 5) : m.value < 5 ∨ 5 ≤ m.value := by
  cases m with
  | last x e => exact .inl (by subst e; decide)
  | any xs p x g => exact Nat.lt_or_ge _ _
