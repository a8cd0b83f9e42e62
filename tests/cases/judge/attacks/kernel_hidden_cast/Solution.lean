/-! The field `rest` is the type itself behind a stuck cast: whether the recursor has an induction hypothesis for it
depends on what the kernel compared before. The kernel refuses it as it stands. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := And.rec (fun _ _ => false) p
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem same : a = false := by
  unfold a
  cases both
  rfl

def along (h : a = b) (α : Type) : Type := Eq.rec (motive := fun _ _ => Type) α h

inductive Chain : Type where
  | stop
  | link (rest : along same Chain)

theorem seven (_ : Chain) : ∃ n : Nat, n * n = 49 := ⟨7, rfl⟩
theorem t : ∃ n : Nat, n * n = 49 := seven Chain.stop
