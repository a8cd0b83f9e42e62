/-! The cast is written as a `match`. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := match p with | ⟨_, _⟩ => false
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem same : a = false := by
  unfold a
  cases both
  rfl

def choose (x y : Bool) (h : x = y) : Type := match y, h with
  | _, rfl => Prop

inductive Coin : (h : a = b) → choose a b h where
  | toss (h : a = b) (side : Bool) : Coin h

def Fair (h : a = b) : Prop := Coin h
def face (h : a = b) (c : Fair h) : Coin h := c
def look (g : Fair same) : Bool := (face same g).1
theorem merge (p q : Fair same) : look p = look q := congrArg look (show p = q from rfl)

theorem t : False := by
  have h : look (Coin.toss same true) = look (Coin.toss same false) := merge _ _
  exact Bool.noConfusion (show true = false from h)
