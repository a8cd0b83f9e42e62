/-! What is stuck is a projection out of a cast pair. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := And.rec (fun _ _ => false) p
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem same : a = false := by
  unfold a
  cases both
  rfl

structure Shelf where
  label : Nat
  sort : Type
def shelf (h : a = b) : Shelf := Eq.rec (motive := fun _ _ => Shelf) ⟨3, Prop⟩ h

inductive Jar : (h : a = b) → (shelf h).sort where
  | fill (h : a = b) (grams : Int) : Jar h

def Full (h : a = b) : Prop := Jar h
def pour (h : a = b) (f : Full h) : Jar h := f
def grams (f : Full same) : Int := (pour same f).1
theorem merge (p q : Full same) : grams p = grams q := congrArg grams (show p = q from rfl)

theorem t : False := by
  have h : grams (Jar.fill same 1) = grams (Jar.fill same (-1)) := merge _ _
  exact absurd (show (1 : Int) = -1 from h) (by decide)
