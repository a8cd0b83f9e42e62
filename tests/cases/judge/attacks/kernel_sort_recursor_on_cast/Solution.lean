/-! What is cast is a number; the sort is computed from it by recursion. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := And.rec (fun _ _ => false) p
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem same : a = false := by
  unfold a
  cases both
  rfl

def index (h : a = b) : Nat := Eq.rec (motive := fun _ _ => Nat) 2 h
def sorts : Nat → Type
  | 0 => Nat
  | 1 => Nat
  | _ + 2 => Prop

inductive Flag : (h : a = b) → sorts (index h) where
  | raise (h : a = b) (high : Bool) : Flag h

def Raised (h : a = b) : Prop := Flag h
def see (h : a = b) (f : Raised h) : Flag h := f
def high (f : Raised same) : Bool := (see same f).1
theorem merge (p q : Raised same) : high p = high q := congrArg high (show p = q from rfl)

theorem t : False := by
  have h : high (Flag.raise same true) = high (Flag.raise same false) := merge _ _
  exact Bool.noConfusion (show true = false from h)
