/-! The proof of the falsehood about numbers is read out of a stuck type that holds a number. -/

namespace Hidden
theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := And.rec (fun _ _ => true) p
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem same : a = true := by
  unfold a
  cases both
  rfl

def gate (h : a = b) : Type := Eq.rec (motive := fun _ _ => Type) Prop h

inductive Value (h : a = b) : gate h where
  | of (n : Nat) : Value h

def Some' (h : a = b) : Prop := Value h
def get (h : a = b) (s : Some' h) : Value h := s
def number (s : Some' same) : Nat := (get same s).1
def some' (h : a = b) (n : Nat) : Some' h := Value.of n
theorem merge (p q : Some' same) : number p = number q := congrArg number (show p = q from rfl)
theorem equal (m n : Nat) : m = n := merge (some' same m) (some' same n)
end Hidden

theorem no_gap (n : Nat) : n + 1 = n := Hidden.equal _ _
