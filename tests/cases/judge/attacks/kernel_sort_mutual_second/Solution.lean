/-! The stuck type stands second, after an honest proposition that names it. -/

inductive Ladder : Nat → Prop where
  | up (n : Nat) : (∀ k, k < n → Ladder k) → Ladder n

theorem ladder (n : Nat) : Ladder n :=
  Nat.lt_wfRel.wf.induction n fun m ih => .up m ih

def step (n : Nat) (ih : ∀ k, k < n → Bool) : Bool := match n with
  | 0 => true
  | k + 1 => ih k (Nat.lt_succ_self k)

def climb (n : Nat) (l : Ladder n) : Bool :=
  Ladder.rec (motive := fun _ _ => Bool) (fun n _ ih => step n ih) l

theorem climb_is (n : Nat) (l : Ladder n) : climb n l = true := by
  induction l with
  | up n _ ih => cases n with
    | zero => rfl
    | succ n => exact ih n (Nat.lt_succ_self n)

theorem bottom : Ladder 0 := ladder 0
theorem top : Ladder 1 := ladder 1
theorem below (k : Nat) (_ : k < 1) : Ladder k := ladder k
def c1 := climb 1 top
def climbFrom (n : Nat) (h : ∀ k, k < n → Ladder k) : Bool := climb n (.up n h)
def c2 := climbFrom 1 below
def c3 := climb 0 bottom

theorem c1_c3 : c1 = c3 := (climb_is _ _).trans (climb_is _ _).symm
def kind (h : c1 = c2) : Type := Eq.rec (motive := fun _ _ => Type) Prop h

mutual
inductive Honest : (h : c1 = c2) → Prop where
  | plain (h : c1 = c2) : Honest h
  | from_bad (h : c1 = c2) : Bad h → Honest h
inductive Bad : (h : c1 = c2) → kind h where
  | mk (h : c1 = c2) (bit : Bool) : Bad h
end

def Fact (h : c1 = c2) : Prop := Bad h
def open_fact (h : c1 = c2) (f : Fact h) : Bad h := f
def bit (f : Fact c1_c3) : Bool := (open_fact c1_c3 f).1
theorem merge (p q : Fact c1_c3) : bit p = bit q := congrArg bit (show p = q from rfl)

theorem t : False := by
  have h : bit (Bad.mk c1_c3 true) = bit (Bad.mk c1_c3 false) := merge _ _
  exact Bool.noConfusion (show true = false from h)
