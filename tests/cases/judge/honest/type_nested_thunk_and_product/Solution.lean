inductive Lazy (α : Type) where
  | stop
  | next (step : Thunk (α × Lazy α))

def Lazy.head? {α : Type} : Lazy α → Option α
  | stop => none
  | next s => some s.get.1

theorem t (α : Type) (a : α) (s : Lazy α) : (Lazy.next ⟨fun _ => (a, s)⟩).head? = some a :=
  rfl
