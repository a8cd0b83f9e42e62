import Lean
import Stepwise.Open
import Stepwise.Step

/-!
The community REPL's `tactic`. It goes on where the batch request refuses: a step that admits something is taken, with the
`sorry`s in it as proof states of their own, and its status says what keeps it from being a proof.
-/

open Lean Elab Meta

namespace Stepwise

private def statusOf (r : Report) : String :=
  match r.verdict with
  | .proved => "Completed"
  | .advanced _ => "Incomplete: open goals remain"
  | .refused "sorry" _ => "Incomplete: contains sorry"
  | .refused "metavariables" _ => "Incomplete: contains metavariable(s)"
  | .refused _ m => "Error: " ++ m
  | .limit kind => "Error: limit reached: " ++ kind

/-- The context of what a step recorded. -/
private def contextOf (ps : ProofState) (text : String) : ContextInfo :=
  let c := ps.coreCtx
  let cmd : CommandContextInfo :=
    { env := ps.core.env, fileMap := text.toFileMap, mctx := ps.mctx, options := c.options,
      currNamespace := c.currNamespace, openDecls := c.openDecls, ngen := ps.core.ngen }
  { toCommandContextInfo := cmd, parentDecl? := ps.termCtx.declName? }

private def sorriesOfStep (next : ProofState) (text : String) (trees : PersistentArray InfoTree) : List SorryAt :=
  revL (sorriesOf.go next.core.env (itemsOf trees) (some (contextOf next text)) [])

private def stepAnswer (srv : Server) (text : String) (next : ProofState) (r : Report) : IO Answer := do
  let messages ← mapIO jMessage r.messages
  let traces ← mapIO (fun (t : TraceElem) => t.msg.toString) (itemsOf r.traces)
  let sorries ← mapIO (sorryText srv text.toFileMap) (sorriesOfStep next text r.trees)
  let (id, view) ← openState srv next
  let status := if lenL next.goals == 0 then statusOf r else "Incomplete: open goals remain"
  return .fields ("\"proofState\":" ++ id.repr ++ ",\"goals\":" ++ listText (mapL quoted view.pretty)
    ++ ",\"proofStatus\":" ++ quoted status ++ listField "messages" (mapL Json.compress messages)
    ++ listField "sorries" sorries ++ listField "traces" (mapL quoted traces))

/-- One tactic on one state, answered as the community's REPL does. -/
def runTactic (srv : Server) (j : Json) : IO Answer := do
  match getStr? j "tactic", ← stateAt srv j with
  | none, _ => return .json (failure "'tactic' must be a text")
  | _, none => return .json (failure "Unknown proof state.")
  | some text, some ps =>
    let r ← runTacticText srv.watch ps text (limitsOf j)
    match r.left, r.verdict with
    | some next, _ => stepAnswer srv text next r
    | none, .limit kind => return .json (failure ("Lean error:\nlimit reached: " ++ kind))
    | none, .refused _ m => return .json (failure ("Lean error:\n" ++ m))
    | none, _ => return .json (failure "Lean error:\nthe tactic left no state")

end Stepwise
