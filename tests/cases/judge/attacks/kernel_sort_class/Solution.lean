/-! A class, whose instances are equal proofs. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := And.rec (fun _ _ => false) p
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem same : a = false := by
  unfold a
  cases both
  rfl

def gate (h : a = b) : Type := Eq.rec (motive := fun _ _ => Type) Prop h

class inductive Default (h : a = b) : gate h where
  | of (n : Nat) : Default h

def Has (h : a = b) : Prop := Default h
def fetch (h : a = b) (i : Has h) : Default h := i
def default' (i : Has same) : Nat := (fetch same i).1
theorem merge (p q : Has same) : default' p = default' q := congrArg default' (show p = q from rfl)

theorem t : False := by
  have h : default' (Default.of (h := same) 0) = default' (Default.of (h := same) 1) := merge _ _
  exact Nat.noConfusion (show 0 = 1 from h)
