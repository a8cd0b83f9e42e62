def Rel (α : Type u) := α → α → Prop
def NatRel := Rel Nat

inductive Climb : NatRel
  | stay (n : Nat) : Climb n n
  | step (n m : Nat) : Climb n m → Climb n (m + 1)

def Climb.le {n m : Nat} (h : Climb n m) : n ≤ m := by
  induction h with
  | stay => exact Nat.le_refl _
  | step _ _ _ ih => exact Nat.le_succ_of_le ih

def Climb.far (n : Nat) : ∀ k, Climb n (n + k)
  | 0 => .stay n
  | k + 1 => .step _ _ (Climb.far n k)

theorem t (n k : Nat) : n ≤ n + k :=
  (Climb.far n k).le
