set_option bootstrap.inductiveCheckResultingUniverse false

inductive Box.{u} (α : Sort u) : Prop where
  | mk (x : α) : Box α

def unbox.{u} {α : Sort u} : Box α → α := Box.rec (motive := fun _ => α) fun x => x

theorem t : (1 : Nat) = 2 :=
  congrArg unbox (rfl : Box.mk 1 = Box.mk 2)
