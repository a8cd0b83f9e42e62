/-! Declared as a structure: only its projection is refused, and that message is dropped. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := And.rec (fun _ _ => false) p
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem same : a = false := by
  unfold a
  cases both
  rfl

def gate (h : a = b) : Type := Eq.rec (motive := fun _ _ => Type) Prop h

#guard_msgs (drop all) in
structure Coin (h : a = b) : gate h where
  toss ::
  side : Bool
  year : Nat

def Fair (h : a = b) : Prop := Coin h
def face (h : a = b) (c : Fair h) : Coin h := c
def year (g : Fair same) : Nat := (face same g).2
theorem merge (p q : Fair same) : year p = year q := congrArg year (show p = q from rfl)

theorem t : False := by
  have h : year (Coin.toss (h := same) true 1) = year (Coin.toss (h := same) true 2) := merge _ _
  exact Nat.noConfusion (show 0 = 1 from Nat.succ.inj h)
