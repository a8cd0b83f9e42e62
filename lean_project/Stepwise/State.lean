import Lean.Elab.Frontend
import Stepwise.Prelude
import Stepwise.Watch
import Stepwise.Premises
import Stepwise.Views

/-!
What the server holds between requests: environments after commands, and proof states.
Ids only grow, so an id that was dropped is never answered for by something else.
-/

open Lean Elab Meta

namespace Stepwise

/-- Terms beyond this many nodes, shared ones counted each time, are not written out for keys. -/
def maxKeySize : Nat := 20000

/-- What is left of `budget` when each node costs one; 0 is too little. -/
private partial def spend (e : Expr) (budget : Nat) : Nat :=
  if budget == 0 then 0
  else match e with
    | .app f a => spend a (spend f (budget - 1))
    | .lam _ t b _ => spend b (spend t (budget - 1))
    | .forallE _ t b _ => spend b (spend t (budget - 1))
    | .letE _ t v b _ => spend b (spend v (spend t (budget - 1)))
    | .mdata _ e => spend e (budget - 1)
    | .proj _ _ e => spend e (budget - 1)
    | _ => budget - 1

/-- Is the term too large to be written out? Small terms are seen to be small in little time. -/
def isBig (e : Expr) : Bool := spend e 500 == 0 && e.sizeWithoutSharing > maxKeySize

/-- The text of a command and the state before it, and in it the place of a `sorry`. -/
structure Source where
  before : Command.State
  text : String
  start : String.Pos.Raw
  stop : String.Pos.Raw
  holeStart : String.Pos.Raw := 0
  holeStop : String.Pos.Raw := 0

/-- Everything needed to resume a proof from one point of it.

`roots` are the goals whose terms make the proof complete: those of the `sorry`, or the focused ones.
`base` is the environment that the proof started in. -/
structure ProofState where
  coreCtx : Core.Context
  core : Core.State
  termCtx : Term.Context
  term : Term.State
  mctx : MetavarContext
  base : Environment
  roots : List MVarId
  goals : List MVarId
  /-- Where the proof stands, unless it is of goals that were set apart. -/
  source? : Option Source := none
  /-- The steps since the `sorry`, the last one first. -/
  script : List String := []
  /-- Is it of a `sorry` in a step? The proof that the step belongs to goes on elsewhere. -/
  isAside : Bool := false
  /-- The same for all states of one theorem, and for no other's. -/
  origin : Nat := 0
  /-- The context of the first goal, or of the state before, as it was printed last. -/
  printed : Option ContextView := none

/-- The declarations of a local context, in order. -/
def declsOf (lctx : LocalContext) : List LocalDecl := go 0
where
  go (i : Nat) : List LocalDecl :=
    if i < lctx.decls.size then
      match lctx.getAt? i with
      | some d => d :: go (i + 1)
      | none => go (i + 1)
    else []
  termination_by lctx.decls.size - i

/-- A growing table with stable ids. Dropped entries are `none`; everything below `first` is gone. -/
structure Table (α : Type) where
  first : Nat := 0
  items : Array (Option α) := #[]

def Table.find? (t : Table α) (id : Nat) : Option α :=
  if id < t.first then none
  else match t.items[id - t.first]? with
    | some (some x) => some x
    | _ => none

def Table.push (t : Table α) (x : α) : Table α := { t with items := t.items.push (some x) }

def Table.nextId (t : Table α) : Nat := t.first + t.items.size

def Table.drop (t : Table α) (id : Nat) : Table α :=
  if id < t.first then t else { t with items := t.items.setIfInBounds (id - t.first) none }

def Table.clear (t : Table α) : Table α := { first := t.nextId }

/-- An environment with its imports, as `header` text. -/
structure Header where
  key : String
  env : Environment

structure Server where
  watch : Watch
  states : IO.Ref (Table ProofState)
  commands : IO.Ref (Table Command.State)
  headers : IO.Ref (List Header)
  /-- Premise indexes by import list. -/
  indexes : IO.Ref (List (String × Premises.Library))
  printed : Printed

def Server.new : IO Server := do
  let states ← IO.mkRef ({} : Table ProofState)
  let commands ← IO.mkRef ({} : Table Command.State)
  let headers ← IO.mkRef ([] : List Header)
  let indexes ← IO.mkRef ([] : List (String × Premises.Library))
  let watch ← Watch.new
  return { watch, states, commands, headers, indexes, printed := ← Printed.new 512 }

/-- The id and the table with one more. In one step, so that the table is in nobody else's hands and need not be copied. -/
private def Table.added (t : Table α) (x : α) : Nat × Table α := (t.nextId, t.push x)

def Server.addState (srv : Server) (ps : ProofState) : IO Nat := srv.states.modifyGet fun t => t.added ps

def Server.addCommand (srv : Server) (st : Command.State) : IO Nat := srv.commands.modifyGet fun t => t.added st

/-- A request handler: `key` is the field that selects it. -/
structure Handler where
  key : String
  run : Server → Json → IO Answer

/-- A handler that answers with an object. -/
def answering (key : String) (run : Server → Json → IO Json) : Handler :=
  { key, run := fun srv j => return .json (← run srv j) }

/-- Runs `x` in the context of a proof state. What it does is our own work, so the depth that the file allows does not hold
for it. -/
def ProofState.runMeta (ps : ProofState) (x : MetaM α) : IO α := do
  let y : CoreM (α × Meta.State) := (x {}).run { mctx := ps.mctx }
  let heartbeats ← IO.getNumHeartbeats
  let cctx := { ps.coreCtx with initHeartbeats := heartbeats, currRecDepth := 0, maxRecDepth := 1000 }
  match ← ((y cctx).run ps.core).toBaseIO with
  | .ok ((a, _), _) => return a
  | .error e => throw (IO.userError (← e.toMessageData.toString))

end Stepwise
