inductive Free (Op : Type u) (Ar : Op → Type v) (α : Type w) : Type (max u v w)
  | pure (a : α)
  | call (o : Op) (k : Ar o → Free Op Ar α)

variable {Op : Type u} {Ar : Op → Type v} {α : Type w} {β : Type w'} {γ : Type w''}

def Free.bind (x : Free Op Ar α) (f : α → Free Op Ar β) : Free Op Ar β :=
  match x with
  | pure a => f a
  | call o k => call o fun r => (k r).bind f

theorem t (x : Free Op Ar α) (f : α → Free Op Ar β) (g : β → Free Op Ar γ) :
    (x.bind f).bind g = x.bind fun a => (f a).bind g := by
  induction x with
  | pure a => rfl
  | call o k ih =>
    simp only [Free.bind, ih]
