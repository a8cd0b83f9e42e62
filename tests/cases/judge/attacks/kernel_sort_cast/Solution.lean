/-! The sort is a `cast` along an equality of types; no equality of booleans in sight. -/

theorem both : True ∧ True := Classical.choice ⟨⟨trivial, trivial⟩⟩

def unlock (p : True ∧ True) : Bool := And.rec (fun _ _ => false) p
def a : Bool := unlock both
def b : Bool := unlock ⟨trivial, trivial⟩
theorem same : a = false := by
  unfold a
  cases both
  rfl

def Family (x : Bool) : Type 1 := Bool.rec (motive := fun _ => Type 1) Type (ULift Nat) x
def Way : Prop := Type = Family b
theorem way : Type = Family a := congrArg Family same.symm

def target (e : Way) : Type := @cast Type (Family b) e Prop

inductive Parcel : (e : Way) → target e where
  | pack (e : Way) (weight : Nat) : Parcel e

def Sent (e : Way) : Prop := Parcel e
def unpack (e : Way) (s : Sent e) : Parcel e := s
def weigh (s : Sent way) : Nat := (unpack way s).1
def light : Sent way := Parcel.pack way 1
def heavy : Sent way := Parcel.pack way 100

theorem t : False :=
  absurd (show weigh light = weigh heavy from congrArg weigh rfl) (show ¬ 1 = 100 by decide)
