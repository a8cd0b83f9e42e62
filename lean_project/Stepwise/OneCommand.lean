import Lean.Elab.Frontend
import Stepwise.Prelude

/-! One command of a text, read and elaborated as `lean` does it. Nothing runs in the background: when it is done, all of it is. -/

open Lean Elab

public section

namespace Stepwise

def inputOf (text : String) : Parser.InputContext :=
  Parser.InputContext.mk' text "<input>" text.toFileMap text.rawEndPos (Nat.le_refl _)

def parseNext (input : Parser.InputContext) (ps : Parser.ModuleParserState) (st : Command.State) :
    Syntax × Parser.ModuleParserState × MessageLog :=
  match st.scopes with
  | scope :: _ =>
    let c : Parser.ParserModuleContext :=
      { env := st.env, options := scope.opts, currNamespace := scope.currNamespace, openDecls := scope.openDecls }
    Parser.parseCommand input c ps {}
  | [] => (.missing, ps, {})

def elabOne (input : Parser.InputContext) (cmdPos : String.Pos.Raw) (token? : Option IO.CancelToken) (stx : Syntax)
    (st : Command.State) : IO Command.State := do
  let ctx : Command.Context :=
    { fileName := input.fileName, fileMap := input.fileMap, cmdPos, snap? := none, cancelTk? := token? }
  let ref ← IO.mkRef st
  match ← (Command.elabCommandTopLevel stx ctx ref).toBaseIO with
  | .ok () => ref.get
  | .error e =>
    let st ← ref.get
    let pos := input.fileMap.toPosition cmdPos
    let message : Message := { fileName := input.fileName, pos, severity := .error, data := e.toMessageData }
    return { st with messages := st.messages.add message }

/-- A file's context before its first command. Definitions are not compiled: the embedded Lean lacks what its compiler
needs of the library, and no proof rests on compiled code. -/
def freshState (env : Environment) : Command.State :=
  let st := Command.mkState env {} {}
  { st with scopes := [{ header := "", isNoncomputable := true }] }

/-- The state without what was recorded about the commands so far. -/
def withoutRecords (st : Command.State) : Command.State :=
  { st with messages := {}, infoState := {}, traceState := {}, snapshotTasks := #[] }

end Stepwise
