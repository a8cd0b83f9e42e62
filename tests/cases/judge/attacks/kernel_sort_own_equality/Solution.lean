/-! No `Eq` and no cast of the library: an equality of the file's own, and its recursor. -/

inductive Twin : Prop where
  | mk (l r : True) : Twin
inductive Same {α : Type} : α → α → Prop where
  | it (x : α) : Same x x

theorem Twin.every : ∃ t : Twin, t = t := ⟨⟨trivial, trivial⟩, rfl⟩
theorem twin : Twin := Classical.choose Twin.every
def weigh (t : Twin) : Bool := Twin.rec (motive := fun _ => Bool) (fun _ _ => true) t
def x : Bool := weigh twin
def y : Bool := weigh ⟨trivial, trivial⟩
theorem weighs (t : Twin) : Same (weigh t) true := by
  cases t
  exact .it true
theorem same : Same x true := weighs twin

def sort (h : Same x y) : Type := Same.rec (motive := fun _ _ => Type) Prop h

inductive Mark : (h : Same x y) → sort h where
  | put (h : Same x y) (where' : Nat) : Mark h

def Marked (h : Same x y) : Prop := Mark h
def find (h : Same x y) (m : Marked h) : Mark h := m
def place (m : Marked same) : Nat := (find same m).1
theorem merge (p q : Marked same) : place p = place q := congrArg place (show p = q from rfl)

theorem t : False :=
  have h : place (Mark.put same 0) = place (Mark.put same 1) := merge _ _
  Nat.noConfusion (show 0 = 1 from h)
