import Lean.Elab.Frontend
import Stepwise.Check
import Stepwise.Elaborate
import Stepwise.Parse

/-!
Proofs that use the theorem itself, or a `let rec`. What they define and whether such a recursion ends is for the whole
declaration to say, so the command is elaborated again with the steps in place of its `sorry`.
-/

open Lean Elab Meta

namespace Stepwise

private def lastLine (s : String) : String :=
  match revL (s.splitOn "\n") with
  | line :: _ => line
  | [] => ""

private def spaces : Nat → String → String
  | 0, s => s
  | n + 1, s => spaces n (s.push ' ')

/-- The command with `steps` in place of its `sorry`: the lines of a tactic block begin in one column. -/
private def Source.filled (s : Source) (steps : List String) : String :=
  let before := String.Pos.Raw.extract s.text s.start s.holeStart
  let margin := spaces (lastLine before).length "\n"
  before ++ joinL margin (joinL "\n" steps |>.splitOn "\n") ++ String.Pos.Raw.extract s.text s.holeStop s.stop

/-- Is a declaration accepted by the kernel, with all that was made for it and nothing that is admitted? -/
private def isWhole (env base : Environment) (n : Name) : MetaM Bool := do
  if !env.contains n then return false
  let reached := reach env base [n] {}
  if reached.defect.isSome then return false
  match ← recheck base (revL reached.fresh) with
  | .ok _ => return true
  | .error _ => return false

/-- Is the theorem that `ps` proves accepted as a file has it, with all steps so far and `text` as the last? -/
def endsAsFile (token : IO.CancelToken) (ps : ProofState) (text : String) : IO Bool := do
  match ps.source?, ps.termCtx.declName? with
  | some source, some name =>
    match ← elabSingle (source.filled (revL (text :: ps.script))) token source.before with
    | some st => ps.runMeta (isWhole st.env source.before.env name)
    | none => return false
  | _, _ => return false

end Stepwise
