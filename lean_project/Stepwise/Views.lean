import Lean.Elab.Frontend
import Stepwise.Write

/-!
Printed goals, and where they are kept to be used again: most tactics of a batch leave goals that another has left before,
and most goals of a state were goals of the one before. Printing is what a small step would spend its time on.
-/

open Lean Meta

namespace Stepwise

/-- A printed hypothesis. `oneLine` says that its type is on one line. -/
structure HypView where
  decl : LocalDecl
  name : String
  type : Format
  text : String
  oneLine : Bool
  value : Option Format
  big : Bool
  json : String

/-- A printed local context of the theorem `origin`: `raw` is Lean's, `shown` has the names that are shown, `closed` means
without metavariables; `lines` and `json` are all hypotheses as Lean renders them and as a JSON list. -/
structure ContextView where
  origin : Nat
  raw : LocalContext
  shown : LocalContext
  insts : LocalInstances
  decls : List LocalDecl
  hyps : List HypView
  closed : Bool
  lines : String
  json : String

/-- A printed goal. `body` is `pretty` without the line of its tag; `rest` are the fields that don't depend on the tag and
`fields` all of them but the key. The key is there where the goal mentions no metavariable. -/
structure GoalView where
  context : ContextView
  target : Expr
  tag : Name
  mvars : Array MVarId
  key : Option String
  pretty : String
  body : String
  rest : FieldsText
  fields : FieldsText
  /-- The whole goal as JSON, where it has a key of its own. -/
  json : String

/-- What was printed lately: a fixed number of places, each for the last that fell to it. `origin` is the theorem that is
printed for: how Lean prints depends on options, notation and open namespaces, which are the same within one alone. -/
structure Printed where
  goals : IO.Ref (Array (Option GoalView))
  contexts : IO.Ref (Array (Option ContextView))
  origin : Nat := 0

private def places (n : Nat) (acc : Array (Option α)) : Array (Option α) :=
  match n with
  | 0 => acc
  | n + 1 => places n (acc.push none)

/-- Room for `n` goals. -/
def Printed.new (n : Nat) : IO Printed := do
  let goals ← IO.mkRef (places n (#[] : Array (Option GoalView)))
  let contexts ← IO.mkRef (places n (#[] : Array (Option ContextView)))
  return { goals, contexts }

def Printed.forget (p : Printed) : IO Unit := do
  let new ← Printed.new (← p.goals.get).size
  p.goals.set (← new.goals.get)
  p.contexts.set (← new.contexts.get)

private def at? (a : Array (Option α)) (place : UInt64) : Option α :=
  match a[(place % a.size.toUInt64).toNat]? with
  | some (some x) => some x
  | _ => none

private def putAt (a : Array (Option α)) (place : UInt64) (x : α) : Array (Option α) :=
  let size := a.size.toUInt64
  a.setIfInBounds (place % size).toNat (some x)

def Printed.goal? (p : Printed) (place : UInt64) : IO (Option GoalView) := return at? (← p.goals.get) place

def Printed.addGoal (p : Printed) (place : UInt64) (v : GoalView) : IO Unit := p.goals.modify fun a => putAt a place v

def Printed.context? (p : Printed) (place : UInt64) : IO (Option ContextView) := return at? (← p.contexts.get) place

def Printed.addContext (p : Printed) (place : UInt64) (v : ContextView) : IO Unit :=
  p.contexts.modify fun a => putAt a place v

private unsafe def sameContextImpl (a b : LocalContext) : Bool := ptrAddrUnsafe a == ptrAddrUnsafe b

/-- Are these one object in memory? May say no to equal contexts. -/
@[implemented_by sameContextImpl]
def sameContext (_ _ : LocalContext) : Bool := false

def sameValue (a b : LocalDecl) : Bool :=
  match a.value?, b.value? with
  | none, none => true
  | some x, some y => x == y
  | _, _ => false

/-- Equal declarations, in one order. -/
def sameDecls : List LocalDecl → List LocalDecl → Bool
  | [], [] => true
  | a :: as, b :: bs =>
    a.fvarId == b.fvarId && a.userName == b.userName && a.type == b.type && sameValue a b && sameDecls as bs
  | _, _ => false

private def sameInstsFrom (a b : LocalInstances) (i : Nat) : Bool :=
  if h : i < a.size then
    match b[i]? with
    | some y => a[i].fvar == y.fvar && sameInstsFrom a b (i + 1)
    | none => false
  else true

def sameInsts (a b : LocalInstances) : Bool := a.size == b.size && sameInstsFrom a b 0

end Stepwise
