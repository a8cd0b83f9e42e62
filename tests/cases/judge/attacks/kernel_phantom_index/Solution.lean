/-! A family with indices; the ghost has several parameters and a constructor with fields. -/

inductive P : Prop where
  | of (b : Bool)
structure W : Type where
  p : P
structure C where
  b : Bool
structure D where
  c : C

def K (A : Type) : Type := A
def toK (w : W) : K W := w
def peek (x : K D) : Bool := C.b (D.c x)
def V (b : Bool) : Prop := b = true
theorem out (h : V false) : False := nomatch (show false = true from h)
def good (F : Prop → Prop) (h : F (V true)) : F (V true) := h
theorem holds : V true := rfl
attribute [irreducible] K V
@[unification_hint] def hint_type (A B : Type) : Prop := K A = K B
@[unification_hint] def hint_bool (a b : Bool) : Prop := V a = V b

inductive L (A : Type) (n : Nat) (b : Bool) (B : Type) : Type where
  | none
  | some (x : A) (y : B)

#guard_msgs (drop all) in
inductive E (w : K W) : Nat → Type where
  | mk (l : L (E w 0) 5 (peek w) Nat) : E w 1

abbrev yes : K W := toK ⟨.of true⟩
abbrev no : K W := toK ⟨.of false⟩
def e : E yes 1 := E.mk (L.none : L (E yes 0) 5 true Nat)

theorem wrong : V false :=
  let _a : E no 1 := E.mk e.1
  let _b : E yes 1 := E.mk (L.none : L (E yes 0) 5 true Nat)
  let _c : E no 1 := E.mk (L.none : L (E no 0) 5 false Nat)
  good (fun x => x) holds

theorem t : False := out wrong
