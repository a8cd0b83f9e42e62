/-! The stuck cast lies behind three definitions and an instance. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := And.rec (fun _ _ => true) p
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem same : a = true := by
  unfold a
  cases both
  rfl

def gate (h : a = b) : Type := Eq.rec (motive := fun _ _ => Type) Prop h

class Universe (h : a = b) where
  it : Type
instance (h : a = b) : Universe h := ⟨gate h⟩
def G (h : a = b) : Type := Universe.it h
abbrev Set' (h : a = b) : Type := id (G h)
def Family (h : a = b) : Type := Set' h

inductive Secret : (h : a = b) → Family h where
  | keep (h : a = b) (bit : Bool) : Secret h

def Claim (h : a = b) : Prop := Secret h
def tell (h : a = b) (s : Claim h) : Secret h := s
def bit (s : Claim same) : Bool := (tell same s).1
theorem merge (p q : Claim same) : bit p = bit q := congrArg bit (show p = q from rfl)

theorem t : False := by
  have h : bit (Secret.keep same true) = bit (Secret.keep same false) := merge _ _
  exact Bool.noConfusion (show true = false from h)
