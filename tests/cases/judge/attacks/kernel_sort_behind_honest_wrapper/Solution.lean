/-! The stuck type is a field of an honest `Prop`; that one is what proof irrelevance is used for. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := And.rec (fun _ _ => false) p
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem same : a = false := by
  unfold a
  cases both
  rfl

def gate (h : a = b) : Type := Eq.rec (motive := fun _ _ => Type) Prop h

inductive Core (h : a = b) : gate h where
  | of (side : Bool) : Core h

inductive Shell (h : a = b) : Prop where
  | around (core : Core h)

def Inner (h : a = b) : Prop := Core h
def core (h : a = b) (s : Shell h) : Inner h := Shell.rec (motive := fun _ => Inner h) (fun c => c) s
def look (h : a = b) (c : Inner h) : Core h := c
def side (s : Shell same) : Bool := (look same (core same s)).1
def shell (h : a = b) (x : Bool) : Shell h := Shell.around (Core.of x)
theorem merge (p q : Shell same) : side p = side q := rfl

theorem t : False := by
  have h : side (shell same true) = side (shell same false) := merge _ _
  exact Bool.noConfusion (show true = false from h)
