/-! The type with the ill-typed parameter is a structure with one more field. -/

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

structure L (A : Type) (b : Bool) : Type where
  mk ::

#guard_msgs (drop all) in
structure E (w : K W) : Type where
  l : L (E w) (peek w)
  n : Nat

abbrev yes : K W := toK ⟨.of true⟩
abbrev no : K W := toK ⟨.of false⟩
def e : E yes := E.mk (L.mk : L (E yes) true) 0

theorem wrong : V false :=
  let _a : E no := E.mk e.1 1
  let _b : E yes := E.mk (L.mk : L (E yes) true) 2
  let _c : E no := E.mk (L.mk : L (E no) false) 3
  good (fun x => x) holds

theorem t : False := out wrong
