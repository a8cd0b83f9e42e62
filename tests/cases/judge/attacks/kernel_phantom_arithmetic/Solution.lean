/-! A falsehood about numbers through an ill-typed parameter. -/

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

inductive L (A : Type) (b : Bool) : Type where
  | mk

#guard_msgs (drop all) in
inductive E (w : K W) : Type where
  | mk (m : Nat) (l : L (E w) (peek w)) : E w

abbrev yes : K W := toK ⟨.of true⟩
abbrev no : K W := toK ⟨.of false⟩
def e : E yes := E.mk 1 (L.mk : L (E yes) true)

theorem wrong : V false :=
  let _a : E no := E.mk 2 e.2
  let _b : E yes := E.mk 3 (L.mk : L (E yes) true)
  let _c : E no := E.mk 4 (L.mk : L (E no) false)
  good (fun x => x) holds

theorem one_is_two : (1 : Nat) = 2 := (out wrong).elim
