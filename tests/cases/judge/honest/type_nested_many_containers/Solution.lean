inductive Value (α : Type u) : Type u where
  | atom (a : α)
  | pair (p : Value α × Value α)
  | alt (s : Value α ⊕ Nat)
  | try (e : Except String (Value α))
  | up (l : ULift.{u} (Value α))
  | both (p : PProd (Value α) PUnit.{u + 1})
  | later (t : Unit → Task (Thunk (Value α)))
  | rows (x : Nat → List (α × Array (Value α)))

instance [Inhabited α] : Inhabited (Value α) := ⟨.atom default⟩

theorem t (α : Type u) (a b : α) (h : Value.pair (.atom a, .atom b) = .pair (.atom b, .atom a)) : a = b := by
  injection h with h
  injection h with h
  injection h
