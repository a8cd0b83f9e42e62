import Lean
open Lean Elab Command

/-! The ill-typed parameter, a function applied to another structure, is handed to the kernel by a command. -/

inductive P : Prop where
  | of (b : Bool)
structure W : Type where
  p : P
structure C where
  b : Bool
structure D where
  c : C
def peek (x : D) : Bool := x.c.b
inductive L (A : Type) (b : Bool) : Type where
  | mk
def V (b : Bool) : Prop := b = true
theorem out (h : V false) : False := nomatch (show false = true from h)
def good (F : Prop → Prop) (h : F (V true)) : F (V true) := h
theorem holds : V true := rfl
def yes : W := ⟨.of true⟩
def no : W := ⟨.of false⟩

def add (d : Declaration) : CommandElabM Unit := do
  match (← getEnv).addDeclCore 0 d none with
  | .ok env => setEnv env
  | .error _ => return ()

def declare : CommandElabM Unit := do
  let w := mkConst `W
  let e (x : Expr) := mkApp (mkConst `E) x
  let bit := mkApp (mkConst `peek) (.bvar 0)
  let l (x b : Expr) := mkApp2 (mkConst `L) (e x) b
  add <| .inductDecl [] 1 [{
    name := `E
    type := .forallE `w w (.sort 1) .default
    ctors := [{ name := `E.mk, type := .forallE `w w (.forallE `l (l (.bvar 0) bit) (e (.bvar 1)) .default) .default }]
  }] false

def derive : CommandElabM Unit := do
  let (yes, no, true', false') := (mkConst `yes, mkConst `no, mkConst ``true, mkConst ``false)
  let e (x : Expr) := mkApp (mkConst `E) x
  let mk (x l : Expr) := mkApp2 (mkConst `E.mk) x l
  let l (x b : Expr) := mkApp2 (mkConst `L.mk) (e x) b
  add <| .defnDecl { name := `first, levelParams := [], type := e yes, value := mk yes (l yes true'), hints := .opaque, safety := .safe }
  let id' := Expr.lam `x (.sort 0) (.bvar 0) .default
  let value := .letE `a (e no) (mk no (.proj `E 0 (mkConst `first)))
    (.letE `b (e yes) (mk yes (l yes true'))
      (.letE `c (e no) (mk no (l no false')) (mkApp2 (mkConst `good) id' (mkConst `holds)) false) false) false
  add <| .thmDecl { name := `wrong, levelParams := [], type := mkApp (mkConst `V) false', value }

@[command_elab Lean.Parser.Command.check] def both : CommandElab := fun _ => do
  declare
  derive
#check 1

theorem t : False := out wrong
