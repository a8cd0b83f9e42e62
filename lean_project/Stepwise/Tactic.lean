import Lean
import Stepwise.Parse
import Stepwise.Trees
import Stepwise.Check

/-!
One tactic on one proof state: run as a file would run it, within its limits, and judged by what it left.
-/

open Lean Elab Meta Term

namespace Stepwise

/-- Limits of one tactic. Heartbeats in thousands; 0 is no limit. -/
structure Limits where
  heartbeats : Nat := 200000
  wallMs : Nat := 0

inductive Verdict where
  | advanced (ps : ProofState)
  | proved
  | refused (kind message : String)
  | limit (kind : String)

/-- What a tactic did, what it logged, and what it cost. -/
structure Report where
  verdict : Verdict
  messages : List Message := []
  traces : List String := []
  /-- How the tactic should be written, where that differs from what was sent. -/
  text : Option String := none
  micros : Nat := 0
  heartbeats : Nat := 0

private def unassigned : List MVarId → MetaM (List MVarId)
  | [] => return []
  | g :: gs => do
    let rest ← unassigned gs
    if (← g.isAssigned) || (← g.isDelayedAssigned) then return rest else return g :: rest

/-- Do the terms that the tactic gave to the goals admit something? -/
private def admits : List MVarId → MetaM Bool
  | [] => return false
  | g :: gs => do
    let e ← instantiateMVars (.mvar g)
    if e.hasSorry then return true else admits gs

private def firstError : List Message → Option Message
  | [] => none
  | m :: ms => if m.severity == .error then some m else firstError ms

private def startsWithAny (s : String) (ps : List String) : Bool := anyL (fun p => s.startsWith p) ps

/-- Lean's own message says whether a term in the tactic was wrong, or the tactic failed. -/
private def classify (message : String) : String :=
  if startsWithAny message ["Unknown ", "unknown ", "Type mismatch", "type mismatch", "Application type mismatch",
      "failed to synthesize", "Invalid field", "invalid field", "Function expected", "don't know how to synthesize",
      "typeclass instance problem is stuck", "Ambiguous", "ambiguous", "Invalid dotted identifier",
      "invalid constructor", "Invalid argument name", "elaboration function", "Could not find"] then "elaboration"
  else "error"

private def ofException (w : Watch) (e : Exception) : IO Verdict := do
  if e.isInterrupt then return .limit (← w.interruption)
  else if e.isMaxHeartbeat then return .limit "heartbeats"
  else if e.isMaxRecDepth then return .limit "recursion"
  else
    let message ← e.toMessageData.toString
    return .refused (classify message) message

private def isInternalLimit (message : String) : Option String :=
  if message.startsWith "(deterministic) timeout" then some "heartbeats"
  else if message.startsWith "maximum recursion depth" then some "recursion"
  else none

private def ofErrorMessage (m : Message) : IO Verdict := do
  let text ← m.data.toString
  match isInternalLimit text with
  | some kind => return .limit kind
  | none => return .refused (classify text) text

private def runTactic (stx : Syntax) (goals : List MVarId) : TermElabM (List MVarId × Bool) := do
  let ((), st) ← (Tactic.evalTactic stx { elaborator := .anonymous, recover := false }).run { goals := goals }
  Term.synthesizeSyntheticMVarsNoPostponing
  let left ← unassigned st.goals
  return (left, ← admits goals)

/-- What the tactic left behind, once it ran without an error. -/
private def settle (ps : ProofState) (goals : List MVarId) (admitted : Bool) (core : Core.State) : IO Verdict := do
  match firstError (itemsOf core.messages.unreported) with
  | some m => ofErrorMessage m
  | none =>
    if admitted then return .refused "sorry" "the tactic admits a goal"
    else if lenL goals == 0 then
      match ← ps.runMeta (firstDefect ps.base ps.roots) with
      | some d => return .refused d.kind d.message
      | none => return .proved
    else return .advanced ps

private def traceStrings (core : Core.State) : IO (List String) :=
  mapIO (fun (t : TraceElem) => t.msg.toString) (itemsOf core.traceState.traces)

/-- Runs a parsed tactic on `ps`. `roots` are the goals that count as the proof from here. -/
def runSyntax (w : Watch) (ps : ProofState) (stx : Syntax) (text : String) (limits : Limits) : IO Report := do
  let began ← IO.monoNanosNow
  let beats ← IO.getNumHeartbeats
  let cctx := { ps.coreCtx with
    initHeartbeats := beats, maxHeartbeats := limits.heartbeats * 1000, cancelTk? := some w.token, fileMap := text.toFileMap }
  let core := { ps.core with
    messages := {}, traceState := {}, infoState := { enabled := text.any (· == '?') } }
  let x : MetaM ((List MVarId × Bool) × Term.State) := (runTactic stx ps.goals ps.termCtx).run ps.term
  let y : CoreM (((List MVarId × Bool) × Term.State) × Meta.State) := (x {}).run { mctx := ps.mctx }
  let result ← w.within limits.wallMs (((y cctx).run core).toBaseIO)
  let finish (verdict : Verdict) (messages : List Message) (traces : List String) : IO Report := do
    let ended ← IO.monoNanosNow
    let beats' ← IO.getNumHeartbeats
    return { verdict, messages, traces, micros := (ended - began) / 1000, heartbeats := beats' - beats }
  match result with
  | .error e => finish (← ofException w e) [] []
  | .ok ((((goals, admitted), term), meta_), core) =>
    let next := { ps with
      core := { core with messages := {}, traceState := {}, infoState := {} }
      mctx := meta_.mctx, goals, term := { term with mvarErrorInfos := [], levelMVarErrorInfos := [] } }
    let verdict ← settle next goals admitted core
    finish verdict (itemsOf core.messages.unreported) (← traceStrings core)

/-- Parses and runs a tactic block. -/
def runTacticText (w : Watch) (ps : ProofState) (text : String) (limits : Limits) : IO Report := do
  match parseTactics ps text with
  | .error e => return { verdict := .refused "parse" e }
  | .ok (stx, text') =>
    let r ← runSyntax w ps stx text' limits
    return if text' == text then r else { r with text := some text' }

end Stepwise
