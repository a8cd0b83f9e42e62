/-! The sort stands under a `let`, a beta redex and an `id`. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := And.rec (fun _ _ => false) p
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem same : a = false := by
  unfold a
  cases both
  rfl

def gate (h : a = b) : Type := Eq.rec (motive := fun _ _ => Type) Prop h

inductive Coin : (h : a = b) → let s := gate h; (fun s => id s) s where
  | toss (h : a = b) (side : Bool) : Coin h

def Fair (h : a = b) : Prop := Coin h
def face (h : a = b) (c : Fair h) : Coin h := c
def look (g : Fair same) : Bool := (face same g).1
theorem merge (p q : Fair same) : look p = look q := congrArg look (show p = q from rfl)

theorem t : False := by
  have h : look (Coin.toss same true) = look (Coin.toss same false) := merge _ _
  exact Bool.noConfusion (show true = false from h)
