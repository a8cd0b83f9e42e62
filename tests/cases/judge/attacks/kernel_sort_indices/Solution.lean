/-! A family over a parameter and four indices, the stuck proof in the midst of them. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := And.rec (fun _ _ => true) p
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem same : a = true := by
  unfold a
  cases both
  rfl

def gate (_n : Nat) (h : a = b) (_m : Nat) : Type := Eq.rec (motive := fun _ _ => Type) Prop h

inductive Row (α : Type) : (n : Nat) → List α → (h : a = b) → (m : Nat) → gate n h m where
  | row (n : Nat) (xs : List α) (h : a = b) (m : Nat) (x : α) : Row α (n + 1) xs h (m + n)

def Q (α : Type) (n : Nat) (xs : List α) (h : a = b) (m : Nat) : Prop := Row α n xs h m
def pull (α : Type) (n : Nat) (xs : List α) (h : a = b) (m : Nat) (q : Q α n xs h m) : Row α n xs h m := q
def last (q : Q Bool 3 [] same 7) : Bool := (pull Bool 3 [] same 7 q).5
def up : Q Bool 3 [] same 7 := Row.row 2 [] same 5 true
def down : Q Bool 3 [] same 7 := Row.row 2 [] same 5 false

theorem t : False := by
  have h : last up = last down := congrArg last (show up = down from rfl)
  exact Bool.noConfusion (show true = false from h)
