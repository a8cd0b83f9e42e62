import Lean.Elab.Frontend
import Stepwise.Open
import Stepwise.Step

/-!
The community REPL's `tactic`. It goes on where the batch request refuses: a step that admits something, or whose errors
Lean recovers from, is taken, with the `sorry`s in it as proof states of their own, and its status says what keeps it from
being a proof.
-/

open Lean Elab Meta

namespace Stepwise

private def openStatus : String := "Incomplete: open goals remain"

/-- A proof that is complete but for the one around it. -/
private def completeStatus (ps : ProofState) : String :=
  if ps.isAside then "Incomplete: contains metavariable(s)" else "Completed"

private def defectStatus (ps : ProofState) (kind message : String) : String :=
  if kind == "sorry" && !ps.isAside then "Incomplete: contains sorry"
  else if inFrom #["metavariables", "sorry"] kind then "Incomplete: contains metavariable(s)"
  else if inFrom #["kernel", "recursion"] kind then "Error: kernel type check failed: " ++ message
  else "Error: " ++ message

private def statusOf (next : ProofState) (r : Report) : String :=
  if lenL next.goals > 0 then openStatus
  else match r.verdict with
    | .proved => completeStatus next
    | .advanced _ => openStatus
    | .refused kind message => defectStatus next kind message
    | .limit kind => "Error: limit reached: " ++ kind

/-- The status of a state that no step has just led to. -/
private def statusOfHeld (ps : ProofState) : IO String := do
  if lenL ps.goals > 0 then return openStatus
  else match ← ps.runMeta (firstDefect ps.base ps.roots) with
    | none => return completeStatus ps
    | some d => return defectStatus ps d.kind d.message

/-- The context of what a step recorded. -/
private def contextOf (ps : ProofState) (text : String) : ContextInfo :=
  let c := ps.coreCtx
  let cmd : CommandContextInfo :=
    { env := ps.core.env, fileMap := text.toFileMap, mctx := ps.mctx, options := c.options,
      currNamespace := c.currNamespace, openDecls := c.openDecls, ngen := ps.core.ngen }
  { toCommandContextInfo := cmd, parentDecl? := ps.termCtx.declName? }

private def sorriesOfStep (next : ProofState) (text : String) (info : InfoState) : List SorryAt :=
  let trees := mapL (fun (t : InfoTree) => t.substitute info.assignment) (itemsOf info.trees)
  revL (sorriesOf.go next.core.env trees (some (contextOf next text)) [])

private def heldFields (srv : Server) (ps : ProofState) (status : String) : IO FieldsText := do
  let (id, view) ← openState srv ps
  return "\"proofState\":" ++ id.repr ++ ",\"goals\":" ++ listText (mapL quoted view.pretty)
    ++ ",\"proofStatus\":" ++ quoted status

/-- The state under a new id. -/
def heldAnswer (srv : Server) (ps : ProofState) : IO Answer := return .fields (← heldFields srv ps (← statusOfHeld ps))

private def stepAnswer (srv : Server) (text : String) (next : ProofState) (r : Report) : IO Answer := do
  let messages ← mapIO (fun (m : Message) => jMessage (placeless m)) r.messages
  let traces ← mapIO traceText (itemsOf r.traces)
  let sorries ← sorryTexts srv text.toFileMap true (sorriesOfStep next text r.info)
  let state ← heldFields srv next (statusOf next r)
  return .fields (state ++ listField "messages" (mapL Json.compress messages) ++ listField "sorries" sorries
    ++ listField "traces" (mapL quoted traces))
where
  /-- A step is no file: upstream's messages about one are at line 0. -/
  placeless (m : Message) : Message :=
    { m with pos := ⟨0, 0⟩, endPos := match m.endPos with
      | some _ => some ⟨0, 0⟩
      | none => none }
  traceText (t : TraceElem) : IO String := return (← t.msg.toString).trimAscii.toString

/-- One tactic on one state, answered as the community's REPL does. Options to trace hold for it as they do in a file. -/
def runTactic (srv : Server) (j : Json) : IO Answer := do
  match getStr? j "tactic", ← stateAt srv j with
  | none, _ => return .json (failure "'tactic' must be a text")
  | _, none => return .json (failure "Unknown proof state.")
  | some text, some ps =>
    let ps := { ps with coreCtx := { ps.coreCtx with inheritedTraceOptions := ← inheritedTraceOptions.get } }
    let r ← runTacticText srv.watch ps text (limitsOf j) (recover := true)
    match r.left, r.verdict with
    | some next, _ => stepAnswer srv text next r
    | none, .limit kind => return .json (failure ("Lean error:\nlimit reached: " ++ kind))
    | none, .refused _ m => return .json (failure ("Lean error:\n" ++ m))
    | none, _ => return .json (failure "Lean error:\nthe tactic left no state")

end Stepwise
