/-! The proof holds a type: an inhabited one becomes an empty one. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := And.rec (fun _ _ => false) p
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem same : a = false := by
  unfold a
  cases both
  rfl

def gate (h : a = b) : Type := Eq.rec (motive := fun _ _ => Type) Prop h

inductive Witness (h : a = b) : gate h where
  | of (α : Type) : Witness h

def Seen (h : a = b) : Prop := Witness h
def show' (h : a = b) (s : Seen h) : Witness h := s
def carrier (s : Seen same) : Type := (show' same s).1
def full : Seen same := Witness.of (h := same) Unit
def void : Seen same := Witness.of (h := same) Empty

theorem t : False :=
  have h : carrier full = carrier void := congrArg carrier rfl
  have e : Empty := cast h ()
  nomatch e
