/-! The type itself behind a `match` on an equality that is stuck, in the result of a function. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := And.rec (fun _ _ => false) p
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem same : a = false := by
  unfold a
  cases both
  rfl

def along (x y : Bool) (h : x = y) (α : Type) : Type := match y, h with
  | _, rfl => α

inductive Chain : Type where
  | stop
  | link (rest : Nat → along a b same Chain)

theorem seven (_ : Chain) : ∃ n : Nat, n * n = 49 := ⟨7, rfl⟩
theorem t : ∃ n : Nat, n * n = 49 := seven Chain.stop
