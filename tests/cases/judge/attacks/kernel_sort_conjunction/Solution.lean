/-! `gate h` is `Prop` for a variable `h` and stuck for the closed proof of `a = false` that passes for one of `a = b`. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := And.rec (fun _ _ => false) p
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem same : a = false := by
  unfold a
  cases both
  rfl

def gate (h : a = b) : Type := Eq.rec (motive := fun _ _ => Type) Prop h

inductive Coin : (h : a = b) → gate h where
  | toss (h : a = b) (side : Bool) : Coin h

def Fair (h : a = b) : Prop := Coin h
def Game : Prop := Fair same
def heads : Game := Coin.toss same true
def tails : Game := Coin.toss same false
def face (h : a = b) (c : Fair h) : Coin h := c
def look (g : Game) : Bool := (face same g).1

theorem t : False :=
  have h : look heads = look tails := congrArg look (show heads = tails from rfl)
  have h : true = false := h
  nomatch h
