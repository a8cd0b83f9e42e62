/-! The elaborator writes an ill-typed term into a parameter that its nested type does not use; the kernel drops it
unchecked. What is read there is a digit hidden in a proof. -/

inductive Digit where
  | one
  | seven
  | eight
inductive Hid : Prop where
  | digit (d : Digit)
structure Outer : Type where
  hid : Hid
structure Inner where
  d : Digit
structure Middle where
  inner : Inner

def As (α : Type) : Type := α
def asOuter (o : Outer) : As Outer := o
def digit (x : As Middle) : Digit := Inner.d (Middle.inner x)
def IsSeven (d : Digit) : Prop := d = .seven
theorem not_eight (h : IsSeven .eight) : False := nomatch (show Digit.eight = .seven from h)
def through (F : Prop → Prop) (h : F (IsSeven .seven)) : F (IsSeven .seven) := h
theorem seven : IsSeven .seven := rfl
attribute [irreducible] As IsSeven
@[unification_hint] def any_type (α β : Type) : Prop := As α = As β
@[unification_hint] def any_digit (m n : Digit) : Prop := IsSeven m = IsSeven n

inductive Ghost (α : Type) (d : Digit) : Type where
  | it

#guard_msgs (drop all) in
inductive Node (o : As Outer) : Type where
  | over (below : Ghost (Node o) (digit o)) : Node o

abbrev seven' : As Outer := asOuter ⟨.digit .seven⟩
abbrev eight' : As Outer := asOuter ⟨.digit .eight⟩
def node : Node seven' := Node.over (Ghost.it : Ghost (Node seven') .seven)

theorem merged : IsSeven .eight :=
  let _a : Node eight' := Node.over node.1
  let _b : Node seven' := Node.over (Ghost.it : Ghost (Node seven') .seven)
  let _c : Node eight' := Node.over (Ghost.it : Ghost (Node eight') .eight)
  through (fun x => x) seven

theorem t : False := not_eight merged
