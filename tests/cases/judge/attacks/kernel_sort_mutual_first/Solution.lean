/-! The stuck type stands first, an honest family second and third; what is read out of the proof is a type. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Nat := And.rec (fun _ _ => 0) p
def a : Nat := unlock both
def b : Nat := unlock ⟨trivial, trivial⟩
theorem same : a = 0 := by
  unfold a
  cases both
  rfl

def gate (h : a = b) : Type 1 := Eq.rec (motive := fun _ _ => Type 1) Type h
def gate0 (h : a = b) : Type := Eq.rec (motive := fun _ _ => Type) Prop h

mutual
inductive Box : (h : a = b) → gate0 h where
  | hide (h : a = b) (n : Nat) : Box h
inductive Tree : (h : a = b) → Prop where
  | leaf (h : a = b) : Tree h
  | node (h : a = b) : Forest h → Box h → Tree h
inductive Forest : (h : a = b) → Prop where
  | none (h : a = b) : Forest h
  | more (h : a = b) : Tree h → Forest h → Forest h
end

def Hidden (h : a = b) : Prop := Box h
def out (h : a = b) (x : Hidden h) : Box h := x
def zero : Hidden same := Box.hide same 0
def five : Hidden same := Box.hide same 5
def value (x : Hidden same) : Nat := (out same x).1

theorem t : False :=
  have h : value zero = value five := congrArg value (show zero = five from rfl)
  have h : 0 = 5 := h
  nomatch h
