import Lean.Elab.Frontend
import Stepwise.Prelude

/-!
The text that a tactic should be written with: what `exact?`, `simp?` and their like print as "Try this", put in the
place that Lean says it replaces.
-/

open Lean

namespace Stepwise

/-- A suggestion and the place of the text it replaces. -/
private structure Suggestion where
  start : String.Pos.Raw
  stop : String.Pos.Raw
  text : String

private def tryMarker : String := "\n  [apply] "

private def isComment (line : String) : Bool := line.trimAscii.toString.startsWith "--"

/-- A suggestion without the comments that show what it leaves. -/
private def withoutComments (text : String) : String :=
  (joinL "\n" (keepL (fun line => !isComment line) (text.splitOn "\n"))).trimAscii.toString

/-- The suggestions of a message, if it has any. -/
private def suggested (data : String) : List String :=
  if data.startsWith "Try this" || data.startsWith "Try these" then
    match data.splitOn tryMarker with
    | _ :: texts => mapL withoutComments texts
    | [] => []
  else []

/-- All that the messages suggest to write. -/
def suggestions : List Message → IO (List String)
  | [] => return []
  | m :: ms => do
    let rest ← suggestions ms
    if m.severity == .information then return appL (suggested (← m.data.toString)) rest else return rest

/-- Nodes that hold tactics together and are nobody's suggestion to replace. -/
private def isFrameKind (kind : Name) : Bool :=
  inFrom #[`null, ``Lean.Parser.Tactic.tacticSeq, ``Lean.Parser.Tactic.tacticSeq1Indented,
    ``Lean.Parser.Tactic.«tactic_<;>_»] kind

private def begins (stx : Syntax) (pos : String.Pos.Raw) : Bool :=
  match stx.getPos? with
  | some p => p == pos
  | none => false

/-- The end of the whole tactic that begins at `pos`: messages point at its first word alone. -/
private partial def endOfNode (stx : Syntax) (pos : String.Pos.Raw) : Option String.Pos.Raw :=
  match stx with
  | .node _ kind args =>
    if !isFrameKind kind && begins stx pos then stx.getTailPos? else go (listFrom args) pos
  | _ => none
where
  go : List Syntax → String.Pos.Raw → Option String.Pos.Raw
    | [], _ => none
    | s :: ss, pos =>
      match endOfNode s pos with
      | some stop => some stop
      | none => go ss pos

private def ofMessage (map : FileMap) (stx : Syntax) (m : Message) : IO (Option Suggestion) := do
  match m.severity, m.endPos with
  | .information, some stop =>
    match suggested (← m.data.toString) with
    | text :: _ =>
      let start := map.ofPosition m.pos
      return some { start, stop := (endOfNode stx start).getD (map.ofPosition stop), text }
    | [] => return none
  | _, _ => return none

/-- All suggestions, last place first; `none` if two of them claim one place and differ. -/
private def gather (map : FileMap) (stx : Syntax) : List Message → List Suggestion → IO (Option (List Suggestion))
  | [], acc => return some acc
  | m :: ms, acc => do
    match ← ofMessage map stx m with
    | none => gather map stx ms acc
    | some s =>
      match acc with
      | t :: _ =>
        if s.start < t.stop then
          if s.start == t.start && s.stop == t.stop && s.text == t.text then gather map stx ms acc else return none
        else gather map stx ms (s :: acc)
      | [] => gather map stx ms [s]

private def replaced (text : String) : List Suggestion → String
  | [] => text
  | s :: ss =>
    replaced (String.Pos.Raw.extract text 0 s.start ++ s.text ++ String.Pos.Raw.extract text s.stop text.rawEndPos) ss

/-- The text with all suggestions put in their places, if there are any and they don't contradict each other. -/
def suggestedText (text : String) (stx : Syntax) (messages : List Message) : IO (Option String) := do
  match ← gather text.toFileMap stx messages [] with
  | none => return none
  | some [] => return none
  | some ss => return some (replaced text ss)

end Stepwise
