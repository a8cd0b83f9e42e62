import Lean.Elab.Tactic.Basic
import Lean.Elab.Frontend
import Stepwise.Parse
import Stepwise.Trees
import Stepwise.TryThis
import Stepwise.Recursion

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
  /-- The state after a tactic that ran without an error, whatever the verdict on it. -/
  left : Option ProofState := none
  /-- What was recorded about a tactic that has a `sorry` in its text. -/
  info : InfoState := {}
  messages : List Message := []
  traces : PersistentArray TraceElem := {}
  /-- How the tactic should be written, where that differs from what was sent. -/
  text : Option String := none
  /-- What the tactic suggests to write, all of it. -/
  suggested : List String := []
  micros : Nat := 0
  heartbeats : Nat := 0

/-- `MVarId.isAssigned` would be compiled into the server, where it costs ten times as much as in the library. -/
private def unassigned (mctx : MetavarContext) : List MVarId → List MVarId
  | [] => []
  | g :: gs =>
    match mctx.getExprAssignmentCore? g, mctx.getDelayedMVarAssignmentCore? g with
    | none, none => g :: unassigned mctx gs
    | _, _ => unassigned mctx gs

/-- What is wrong with the terms that the tactic gave to the goals, as an error class and a sentence: one admits
something, or mentions a constant that is not there. Lean's tactics take their lemmas from the whole library, of which an
early `header` imports a part, and the kernel looks only once no goal is left. -/
private def flaw (env : Environment) (isPart : Bool) : List MVarId → MetaM (Option (String × String))
  | [] => return none
  | g :: gs => do
    let e ← instantiateMVars (.mvar g)
    if e.hasSorry then return some ("sorry", "the tactic admits a goal")
    match if isPart then keepL (fun n => !env.contains n) (listFrom e.getUsedConstants) else [] with
    | n :: _ => return some ("elaboration", s!"Unknown constant `{n.toString}`")
    | [] => flaw env isPart gs

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

private def isInternalLimit (message : String) : Option String :=
  if message.startsWith "(deterministic) timeout" then some "heartbeats"
  else if message.startsWith "maximum recursion depth" then some "recursion"
  else none

private def ofErrorMessage (m : Message) : IO Verdict := do
  let text ← m.data.toString
  match isInternalLimit text with
  | some kind => return .limit kind
  | none => return .refused (classify text) text

/-- An exception of Lean. One without a message of its own (`abort`) stands for the errors that were logged. -/
private def ofException (w : Watch) (e : Exception) (logged : MessageLog) : IO Verdict := do
  if e.isInterrupt then return .limit (← w.interruption)
  else if e.isMaxHeartbeat then return .limit "heartbeats"
  else if e.isMaxRecDepth then return .limit "recursion"
  else
    match e, firstError (itemsOf logged.unreported) with
    | .internal .., some m => ofErrorMessage m
    | _, _ =>
      let message ← e.toMessageData.toString
      return .refused (classify message) message

private def evalOn (stx : Syntax) (recover : Bool) (goals : List MVarId) :
    TermElabM (List MVarId × Option (String × String)) := do
  let ((), st) ← (Tactic.evalTactic stx { elaborator := .anonymous, recover }).run { goals := goals }
  Term.synthesizeSyntheticMVarsNoPostponing
  let left := unassigned (← getMCtx) st.goals
  let env ← getEnv
  return (left, ← flaw env (env.getModuleIdx? `Init).isNone goals)

/-- The verdict on a tactic that ran without an error. -/
private def settle (w : Watch) (limited : Core.Context) (ps : ProofState) (flaw : Option (String × String)) : IO Verdict := do
  if let some (kind, message) := flaw then return .refused kind message
  else if lenL ps.goals > 0 then return .advanced ps
  else
    match ← { ps with coreCtx := limited }.runMeta (firstDefect ps.base ps.roots) with
    | none => return .proved
    | some { kind := "heartbeats", .. } => return .limit "heartbeats"
    | some { kind := "recursion depth", .. } => return .limit "recursion"
    | some { kind := "interrupted", .. } => return .limit (← w.interruption)
    | some { kind := "metavariables", message } =>
      if lenL ps.term.letRecsToLift > 0 then
        return .refused "recursion" "the proof has a `let rec`, which only a whole declaration can define"
      else return .refused "metavariables" message
    | some d => return .refused d.kind d.message

/-- The tactic itself: the verdict, and the state it left if it ran without an error, or recovered from all. Unification
is as generous with it as a command is with its own tactics. -/
private def execute (w : Watch) (limited : Core.Context) (recover : Bool) (ps : ProofState) (stx : Syntax)
    (ref : IO.Ref Core.State) : IO (Verdict × Option ProofState) := do
  let x : MetaM ((List MVarId × Option (String × String)) × Term.State) := (evalOn stx recover ps.goals ps.termCtx).run ps.term
  let y : CoreM (((List MVarId × Option (String × String)) × Term.State) × Meta.State) := (x Command.mkMetaContext).run { mctx := ps.mctx }
  let result ← (y limited ref).toBaseIO
  let core ← ref.get
  match result with
  | .error e => return (← ofException w e core.messages, none)
  | .ok (((goals, flaw), term), meta_) =>
    match recover, firstError (itemsOf core.messages.unreported) with
    | false, some m => return (← ofErrorMessage m, none)
    | _, error? =>
      let next := { ps with
        core := { core with messages := {}, traceState := {}, infoState := {} }
        mctx := meta_.mctx, goals, term := { term with mvarErrorInfos := [], levelMVarErrorInfos := [] } }
      match ← settle w limited next flaw, error? with
      | .proved, some m => return (← ofErrorMessage m, some next)
      | verdict, _ => return (verdict, some next)

private def mentions (word : String) (text : String) : Bool :=
  match text.splitOn word with
  | _ :: _ :: _ => true
  | _ => false

/-- Runs a parsed tactic on `ps`. The limits hold for the kernel's check of a finished proof too. `began` is when its
reading began. -/
def runSyntax (w : Watch) (ps : ProofState) (stx : Syntax) (text : String) (limits : Limits) (began : Nat)
    (recover : Bool := false) : IO Report := do
  let beats ← IO.getNumHeartbeats
  let limited := { ps.coreCtx with initHeartbeats := beats, maxHeartbeats := limits.heartbeats * 1000,
                                   cancelTk? := some w.token, fileMap := text.toFileMap }
  let ref ← IO.mkRef { ps.core with messages := {}, traceState := {}, infoState := { enabled := mentions "sorry" text } }
  let (verdict, left) ← w.within limits.wallMs (execute w limited recover ps stx ref)
  let core ← ref.get
  let ended ← IO.monoNanosNow
  let beats' ← IO.getNumHeartbeats
  return { verdict, left, info := core.infoState, messages := itemsOf core.messages.unreported,
           traces := core.traceState.traces, micros := (ended - began) / 1000
           heartbeats := beats' - beats }

private def accepted : Verdict → Option Nat
  | .proved => some 0
  | .advanced ps => some (lenL ps.goals)
  | _ => none

/-- Runs what the tactic suggests in place of itself, where that is accepted too and leaves as many goals. -/
private def preferSuggestion (w : Watch) (ps : ProofState) (stx : Syntax) (text : String) (limits : Limits)
    (r : Report) : IO Report := do
  if lenL r.messages == 0 then return r
  let r := { r with suggested := ← suggestions r.messages }
  match accepted r.verdict, ← suggestedText text stx r.messages with
  | some count, some better =>
    match parseTactics ps better with
    | .error _ => return r
    | .ok (stx, better) =>
      let r' ← runSyntax w ps stx better limits (← IO.monoNanosNow)
      let micros := r.micros + r'.micros
      if accepted r'.verdict == some count then
        return { r' with text := some better, micros, heartbeats := r.heartbeats, messages := r.messages,
                          suggested := r.suggested }
      else return { r with micros }
  | _, _ => return r

private def lastOf : List Syntax → Syntax → Syntax
  | [], last => last
  | s :: ss, last => lastOf ss (if s.getNumArgs == 0 then last else s)

/-- Does the block end in a bare `calc`? In a file the next line would be read as another step of it. -/
private partial def endsInCalc (stx : Syntax) : Bool :=
  if stx.getKind == ``Lean.calcTactic then true
  else if inFrom #[`null, ``Lean.Parser.Tactic.tacticSeq, ``Lean.Parser.Tactic.tacticSeq1Indented] stx.getKind then
    endsInCalc (lastOf (listFrom stx.getArgs) .missing)
  else false

/-- The text as it can be followed by another step. -/
private def followable (stx : Syntax) (text : String) : String :=
  if mentions "calc" text && endsInCalc stx then "(" ++ joinL "\n " (text.splitOn "\n") ++ ")" else text

/-- Adds the step to the script of the state it leaves, whoever goes on from there. -/
private def Report.recording (step : String) (r : Report) : Report :=
  match r.left with
  | none => r
  | some ps =>
    let ps := { ps with script := step :: ps.script }
    match r.verdict with
    | .advanced _ => { r with verdict := .advanced ps, left := some ps }
    | _ => { r with left := some ps }

/-- The report on a tactic that was sent as `text` and read as `read`, beginning at `began`. -/
private def finished (w : Watch) (ps : ProofState) (limits : Limits) (text read : String) (stx : Syntax) (began : Nat)
    (r : Report) : IO Report := do
  let step := r.text.getD read
  match r.verdict with
  | .refused "recursion" _ =>
    let ends ← w.within limits.wallMs (endsAsFile w.token ps step)
    let r := { r with micros := ((← IO.monoNanosNow) - began) / 1000 }
    return if ends then { r with verdict := .proved, text := if step != text then some step else none } else r
  | .advanced _ =>
    let step := if r.text.isSome then step else followable stx step
    return { r.recording step with text := if step != text then some step else none }
  | _ =>
    let r := r.recording (followable stx step)
    return if r.text.isNone && read != text then { r with text := some read } else r

/-- Parses and runs a tactic block. With `recover`, a goal that meets an error may be admitted and the rest go on, as in a
file. -/
def runTacticText (w : Watch) (ps : ProofState) (text : String) (limits : Limits) (recover : Bool := false) :
    IO Report := do
  if ← w.isCancelled then return { verdict := .limit "cancelled" }
  let began ← IO.monoNanosNow
  match parseTactics ps text with
  | .error e => return { verdict := .refused "parse" e }
  | .ok (stx, read) =>
    let r ← preferSuggestion w ps stx read limits (← runSyntax w ps stx read limits began recover)
    finished w ps limits text read stx began r

end Stepwise
