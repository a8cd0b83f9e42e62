/-! A gate of every universe, taken at the lowest one. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

universe u

def unlock (p : True ∧ True) : Bool := And.rec (fun _ _ => false) p
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem same : a = false := by
  unfold a
  cases both
  rfl

def gate (h : a = b) : Type u := Eq.rec (motive := fun _ _ => Type u) (Sort u) h

inductive Holder (α : Type u) : (h : a = b) → gate.{0} h where
  | hold (h : a = b) (x : α) : Holder α h

def Held (α : Type u) (h : a = b) : Prop := Holder α h
def give (α : Type u) (h : a = b) (x : Held α h) : Holder α h := x
def take (α : Type u) (x : Held α same) : α := (give α same x).1
def make (α : Type u) (h : a = b) (x : α) : Held α h := Holder.hold h x
theorem merge (α : Type u) (p q : Held α same) : take α p = take α q := congrArg (take α) (show p = q from rfl)
theorem any (α : Type u) (x y : α) : x = y :=
  merge α (make α same x) (make α same y)

theorem t : False := nomatch any Bool true false
