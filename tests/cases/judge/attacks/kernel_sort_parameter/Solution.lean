/-! The proof is a parameter of the type, so that it looks like a structure; the stuck proof is one of accessibility. -/

def countdown (n : Nat) (h : Acc Nat.lt n) : Nat :=
  Acc.rec (fun m _ ih => match m, ih with
    | 0, _ => 7
    | k + 1, ih => ih k (Nat.lt_succ_self k)) h

theorem countdown_is (n : Nat) (h : Acc Nat.lt n) : countdown n h = 7 := by
  induction h with
  | intro m _ ih => cases m with
    | zero => rfl
    | succ m => exact ih m (Nat.lt_succ_self m)

theorem reach : Acc Nat.lt 1 := Nat.lt_wfRel.wf.apply 1
def slow := countdown 1 reach
def quick := countdown 1 (.intro 1 fun _ => reach.inv)
def rest := countdown 0 (reach.inv (Nat.lt_succ_self 0))
theorem arrives : slow = rest := (countdown_is 1 _).trans (countdown_is 0 _).symm

def level (e : slow = quick) : Type := Eq.rec (motive := fun _ _ => Type) Prop e

inductive Token (e : slow = quick) : level e where
  | of (n : Nat) : Token e

def Seal (e : slow = quick) : Prop := Token e
def number (e : slow = quick) (s : Seal e) : Token e := s
def read (s : Seal arrives) : Nat := (number arrives s).1
def one : Seal arrives := Token.of (e := arrives) 1
def two : Seal arrives := Token.of (e := arrives) 2

theorem t : False :=
  absurd (show read one = read two from congrArg read rfl) (show ¬ 1 = 2 by decide)
