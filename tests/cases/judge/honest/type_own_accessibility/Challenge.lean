inductive Reach {α : Sort u} (r : α → α → Prop) : α → Prop
  | intro (x : α) (h : ∀ y, r y x → Reach r y) : Reach r x

noncomputable def Reach.fix {α : Sort u} {r : α → α → Prop} {C : α → Sort v}
    (step : ∀ x, (∀ y, r y x → C y) → C x) {x : α} (h : Reach r x) : C x :=
  Reach.rec (motive := fun x _ => C x) (fun x _ ih => step x ih) h

theorem t (n : Nat) : Reach (fun a b : Nat => a < b) n := by
  sorry
