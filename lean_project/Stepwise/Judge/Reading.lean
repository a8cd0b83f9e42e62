import Stepwise.OneCommand
import Stepwise.Judge.Declared
import Stepwise.Judge.Hidden
import Stepwise.Judge.Plain

/-!
A text with errors: the theorems that its commands declare or mean to, and what each error belongs to. It is read in a
process whose word counts for nothing, so this says where things are and decides nothing.
-/

open Lean Elab

public section

namespace Stepwise.Judge

/-- What an error belongs to: the header, on which everything rests, a command by its number, or none. -/
inductive Blame where
  | header
  | command (number : Nat)
  | nothing

/-- An error. -/
structure Mistake where
  pos : Position
  text : String
  blame : Blame

/-- A theorem that a command declares or would: its full name as users write it, and where that stands. -/
structure Claim where
  name : String
  pos : Position
  command : Nat

/-- A command as it was read between two places, and the state that came of it. -/
structure Done where
  start : String.Pos.Raw
  after : Parser.ModuleParserState
  stx : Syntax
  state : Command.State

structure Reading where
  imports : Array Import
  /-- The text, and its commands in full. -/
  source : String
  done : Array Done
  history : History
  /-- Where the commands begin. -/
  starts : Array Position
  /-- In order. -/
  claims : List Claim
  mistakes : List Mistake

/-! What a command would declare -/

partial def firstId (stx : Syntax) : Option Syntax :=
  if stx.getKind == ``Lean.Parser.Command.declId then some stx else go (listFrom stx.getArgs)
where
  go : List Syntax → Option Syntax
    | [] => none
    | s :: rest =>
      match firstId s with
      | some id => some id
      | none => go rest

/-- The names of the theorems in a command, as they are written. -/
partial def theoremIds (stx : Syntax) : List Syntax :=
  let kind := stx.getKind
  if kind == ``Lean.Parser.Command.in then theoremIds (stx.getArg 2)
  else if inFrom #[`null, `group, ``Lean.Parser.Command.mutual] kind then go (listFrom stx.getArgs)
  else if kind == `lemma || (kind == ``Lean.Parser.Command.declaration
      && (stx.getArg 1).getKind == ``Lean.Parser.Command.theorem) then
    match firstId (stx.getArg 1) with
    | some id => [id]
    | none => []
  else []
where
  go : List Syntax → List Syntax
    | [] => []
    | s :: rest => appL (theoremIds s) (go rest)

def fullName (currNamespace id : Name) : Name :=
  if id.getRoot == `_root_ then id.replacePrefix `_root_ .anonymous else currNamespace ++ id

def claimsIn (map : FileMap) (st : Command.State) (number : Nat) (stx : Syntax) : List Claim :=
  let currNamespace := match st.scopes with
    | scope :: _ => scope.currNamespace
    | [] => .anonymous
  mapL (fun (id : Syntax) =>
    { name := text (fullName currNamespace (id.getArg 0).getId)
      pos := map.toPosition (id.getPos?.getD 0), command := number }) (theoremIds stx)

/-! Reading -/

def isBefore (p q : Position) : Bool := p.line < q.line || (p.line == q.line && p.column < q.column)

/-- What the parser complains about before the command that it found at `start`: text that Lean skipped. It belongs to the
command before, unless it begins no further right than that does. -/
def Reading.blameAt (r : Reading) (start pos : Position) : Blame :=
  let number := r.starts.size
  if !isBefore pos start then .command number
  else if h : number - 1 < r.starts.size then
    if pos.column > r.starts[number - 1].column then .command (number - 1) else .nothing
  else .nothing

def mistakesOf (blame : Position → Blame) : List Message → IO (List Mistake)
  | [] => return []
  | m :: rest => do
    let more ← mistakesOf blame rest
    match m.severity with
    | .error => return { pos := m.pos, text := ← m.data.toString, blame := blame m.pos } :: more
    | _ => return more

/-- Whether the same was read between the same places of two texts. -/
def Done.isSame (a b : Done) (textA textB : String) : Bool :=
  let source (text : String) : String := String.Pos.Raw.extract text a.start a.after.pos
  a.start.byteIdx == b.start.byteIdx && a.after.pos.byteIdx == b.after.pos.byteIdx &&
    a.after.recovering == b.after.recovering && source textA == source textB && Syntax.structEq a.stx b.stx

/-- The state after a command: known, if the `earlier` text had the same ones up to here, this one included. -/
def Reading.next (r : Reading) (earlier : Option Reading) (input : Parser.InputContext) (st : Command.State) (d : Done) :
    IO (Option Reading × Command.State) := do
  match earlier with
  | some e =>
    if h : r.done.size < e.done.size then
      let known := e.done[r.done.size]
      if known.isSame d e.source r.source then return (earlier, known.state)
  | none => pure ()
  return (none, ← elabOne input d.start none d.stx (withoutRecords st))

partial def Reading.commands (earlier : Option Reading) (input : Parser.InputContext) (ps : Parser.ModuleParserState)
    (plain : Bool) (st : Command.State) (r : Reading) : IO (Except Name Reading) := do
  let (stx, after, parsed) := parseNext input ps st
  if plain then
    if let some kind := firstForeign stx then return .error kind
  let start := input.fileMap.toPosition (stx.getPos?.getD after.pos)
  let (earlier, next) ← r.next earlier input st { start := ps.pos, after, stx, state := st }
  let number := r.starts.size
  let skipped ← mistakesOf (r.blameAt start) parsed.toList
  let own ← mistakesOf (fun _ => .command number) next.messages.toList
  let r := { r with
    history := { final := next.env, before := r.history.before.push st.env }
    done := r.done.push { start := ps.pos, after, stx, state := next }
    starts := r.starts.push start
    claims := appL r.claims (claimsIn input.fileMap st number stx)
    mistakes := appL r.mistakes (appL skipped own) }
  if Parser.isTerminalCommand stx then return .ok r else r.commands earlier input after plain next

/-- Reads what follows the header. What an `earlier` text of the same imports has in common with its beginning is parsed,
but not elaborated again: states are values, so the rest is elaborated as if all had been. Definitions are noncomputable
by default: code that the embedded build can't compile is not needed for proofs. Of a text that is to
be `plain` and is not, the first syntax that says so. -/
def readText (input : Parser.InputContext) (ps : Parser.ModuleParserState) (headers : MessageLog) (imports : Array Import)
    (env : Environment) (earlier : Option Reading) (plain : Bool) : IO (Except Name Reading) := do
  let mistakes ← mistakesOf (fun _ => .header) headers.toList
  let nothing : Reading := { imports, source := input.inputString, done := #[], history := { final := env, before := #[] },
                             starts := #[], claims := [], mistakes }
  nothing.commands earlier input ps plain (freshState env)

/-! What belongs to a theorem -/

def Reading.commandsOf (r : Reading) : List Name → List Nat → List Nat
  | [], acc => acc
  | n :: rest, acc =>
    match r.history.owner n with
    | some number => r.commandsOf rest (number :: acc)
    | none => r.commandsOf rest acc

/-- The commands that declare what `n` rests on, itself included. -/
def Reading.commandsBehind (r : Reading) (n : Name) : List Nat :=
  let env := r.history.final
  let own (m : Name) : Option ConstantInfo := if (env.getModuleIdxFor? m).isSome then none else env.find? m
  r.commandsOf (reached own {} [n]).toList []

/-- The errors that concern one of these commands, or else the others. -/
def Reading.mistakesIn (r : Reading) (commands : List Nat) (concern : Bool) : List Mistake :=
  keepL (fun m => concerns m.blame == concern) r.mistakes
where
  concerns : Blame → Bool
    | .header => true
    | .command number => anyL (fun n => n == number) commands
    | .nothing => false

/-- Where `n` stands. -/
def Reading.placeOf (r : Reading) (n : Name) : Option Position :=
  match keepL (fun (c : Claim) => c.name == text (privateToUserName n)) r.claims, r.history.owner n with
  | c :: _, _ => some c.pos
  | [], some number => if h : number < r.starts.size then some r.starts[number] else none
  | [], none => none

end Stepwise.Judge
