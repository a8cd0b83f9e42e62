structure Both.{u, v} (α : Sort u) (β : Sort v) where
  one : α
  two : β

inductive Either.{u, v} (α : Sort u) (β : Sort v) : Sort (max 1 u v)
  | one (a : α)
  | two (b : β)

def spread {p q r : Prop} : Both p (Either q r) → Either (Both p q) (Both p r)
  | ⟨a, .one b⟩ => .one ⟨a, b⟩
  | ⟨a, .two b⟩ => .two ⟨a, b⟩

theorem t (p q r : Prop) (h : p ∧ (q ∨ r)) : p ∧ q ∨ p ∧ r :=
  h.2.elim
    (fun b => match spread (r := r) ⟨h.1, .one b⟩ with | .one x => .inl ⟨x.1, x.2⟩ | .two x => .inr ⟨x.1, x.2⟩)
    (fun b => match spread (q := q) ⟨h.1, .two b⟩ with | .one x => .inl ⟨x.1, x.2⟩ | .two x => .inr ⟨x.1, x.2⟩)
