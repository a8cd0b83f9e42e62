/-! The stuck type is recursive, through a disjunction. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := And.rec (fun _ _ => false) p
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem same : a = false := by
  unfold a
  cases both
  rfl

def gate (h : a = b) : Type := Eq.rec (motive := fun _ _ => Type) Prop h

inductive Chain : (h : a = b) → gate h where
  | link (h : a = b) (side : Bool) (rest : Nat → True ∨ Chain h) : Chain h

def Strong (h : a = b) : Prop := Chain h
def look (h : a = b) (c : Strong h) : Chain h := c
def side (c : Strong same) : Bool := (look same c).1
def chain (h : a = b) (x : Bool) : Strong h := Chain.link h x fun _ => .inl trivial
theorem merge (p q : Strong same) : side p = side q := congrArg side (show p = q from rfl)

theorem t : False := by
  have h : side (chain same true) = side (chain same false) := merge _ _
  exact Bool.noConfusion (show true = false from h)
