/-! The field `rest` reduces to the type itself only if the kernel compares `a`, `b` and `false` in this order; alone, the
third cast is stuck. The statement is true and the proof honest; a kernel without that dependence refuses the type. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := And.rec (fun _ _ => false) p
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem ab : a = b := rfl
theorem bc : b = false := rfl
theorem ac : (let x := a; x) = false := by
  unfold a
  cases both
  rfl

def hop (x y : Bool) (h : x = y) (α : Type) : Type := Eq.rec (motive := fun _ _ => Type) α h

set_option genSizeOf false in
inductive Chain : Type where
  | stop
  | link (rest : hop a b ab (hop b false bc (hop a false ac Chain)))

theorem seven (_ : Chain) : ∃ n : Nat, n * n = 49 := ⟨7, rfl⟩
theorem t : ∃ n : Nat, n * n = 49 := seven Chain.stop
