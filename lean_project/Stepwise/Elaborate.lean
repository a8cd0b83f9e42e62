import Lean.Elab.Frontend
import Lean.Parser.Syntax
import Stepwise.OneCommand
import Stepwise.State

/-! Elaborating a text command by command, keeping for each command the environment it began in. -/

open Lean Elab

namespace Stepwise

/-- One command, and what was recorded about it. `before` is the environment that it began in, `scopes` what was open there;
where it is `A in B`, those after `A`. -/
structure Elaborated where
  before : Environment
  scopes : List Command.Scope := []
  stx : Syntax := .missing
  source? : Option Source := none
  trees : PersistentArray InfoTree
  /-- The parser's messages. -/
  parsed : MessageLog
  /-- The elaborator's, which may repeat those of the parser. -/
  logged : MessageLog

structure Outcome where
  state : Command.State
  commands : List Elaborated

/-- Commands that come too late for what follows their `in`: that was read together with them. -/
private def changesGrammar (stx : Syntax) : Bool :=
  inFrom #[``Lean.Parser.Command.syntax, ``Lean.Parser.Command.syntaxAbbrev, ``Lean.Parser.Command.notation,
    ``Lean.Parser.Command.mixfix, ``Lean.Parser.Command.macro, ``Lean.Parser.Command.elab] stx.getKind

/-- The state that a declaration begins in: what stands before its `in` (`open Classical in`) holds for it. -/
private partial def innerState (input : Parser.InputContext) (cmdPos : String.Pos.Raw) (token : IO.CancelToken)
    (stx : Syntax) (st : Command.State) : IO Command.State := do
  if stx.getKind == ``Lean.Parser.Command.in then
    let first := stx.getArg 0
    let st ← if changesGrammar first then pure st else elabOne input cmdPos (some token) first st
    innerState input cmdPos token (stx.getArg 2) st
  else return st

/-- The state after a text that is one command, if Lean finds no error in it. -/
def elabSingle (text : String) (token : IO.CancelToken) (st : Command.State) : IO (Option Command.State) := do
  let input := inputOf text
  let (stx, ps, messages) := parseNext input {} st
  if messages.hasErrors || ps.pos < text.rawEndPos then return none
  else
    let st ← elabOne input 0 (some token) stx st
    return if st.messages.hasErrors then none else some st

private def isBehind (input : Parser.InputContext) (ps : Parser.ModuleParserState) : Option Nat → Bool
  | some line => line < (input.fileMap.toPosition ps.pos).line
  | none => false

/-- Elaborates what follows `ps`, to the end of the text or `#exit`, or as far as what begins on the line `until?`. -/
partial def elaborate (input : Parser.InputContext) (ps : Parser.ModuleParserState) (token : IO.CancelToken)
    (st : Command.State) (done : List Elaborated) (until? : Option Nat := none) : IO Outcome := do
  let cmdPos := ps.pos
  let (stx, ps, messages) := parseNext input ps st
  let st' ← elabOne input cmdPos (some token) stx
    { st with messages, infoState := { enabled := true }, traceState := {}, snapshotTasks := #[] }
  let source? := match stx.getPos?, stx.getTailPos? with
    | some start, some stop => some { before := withoutRecords st, text := input.inputString, start, stop }
    | _, _ => none
  let inner ← innerState input cmdPos token stx (withoutRecords st)
  let done := { before := inner.env, scopes := inner.scopes, stx, source?, trees := st'.infoState.trees, parsed := messages,
                logged := st'.messages } :: done
  if Parser.isTerminalCommand stx || isBehind input ps until? then return { state := st', commands := revL done }
  else elaborate input ps token st' done until?

end Stepwise
