/-! The cast is `Eq.mp`; the proof holds a text. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := And.casesOn p fun _ _ => false
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem same : a = false := by
  unfold a
  cases both
  rfl

def Big (x : Bool) : Type 1 := Bool.rec (motive := fun _ => Type 1) Type (ULift Bool) x
def Way : Prop := Type = Big b
theorem way : Type = Big a := congrArg Big same.symm
def there (e : Way) : Type := Eq.mp (α := Type) (β := Big b) e Prop

inductive Note (e : Way) : there e where
  | text (s : String) : Note e

def Known (e : Way) : Prop := Note e
def recall (e : Way) (k : Known e) : Note e := k
def length (k : Known way) : Nat := (recall way k).1.length
def short : Known way := Note.text (e := way) ""
def long : Known way := Note.text (e := way) "word"

theorem t : False := by
  have h : length short = length long := congrArg length (show short = long from rfl)
  exact absurd (show 0 = 4 from h) (by decide)
