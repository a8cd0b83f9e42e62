open Classical in
noncomputable def pick (α : Type) (p : α → Prop) (h : ∃ x, p x) : α := choose h

theorem t (α : Type) (p : α → Prop) (h : ∃ x, p x) : ∃ f : Unit → α, p (f ()) :=
  ⟨fun _ => pick α p h, Classical.choose_spec h⟩
