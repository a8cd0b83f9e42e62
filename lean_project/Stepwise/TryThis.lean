import Lean
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

private def marker : String := "\n  [apply] "

/-- The first suggestion of a message, if it is one. -/
private def suggested (data : String) : Option String :=
  if data.startsWith "Try this" || data.startsWith "Try these" then
    match data.splitOn marker with
    | _ :: first :: _ => some first.trimAscii.toString
    | _ => none
  else none

private def ofMessage (map : FileMap) (m : Message) : IO (Option Suggestion) := do
  match m.severity, m.endPos with
  | .information, some stop =>
    match suggested (← m.data.toString) with
    | some text => return some { start := map.ofPosition m.pos, stop := map.ofPosition stop, text }
    | none => return none
  | _, _ => return none

/-- All suggestions, last place first; `none` if two of them claim one place and differ. -/
private def gather (map : FileMap) : List Message → List Suggestion → IO (Option (List Suggestion))
  | [], acc => return some acc
  | m :: ms, acc => do
    match ← ofMessage map m with
    | none => gather map ms acc
    | some s =>
      match acc with
      | t :: _ =>
        if s.start < t.stop then
          if s.start == t.start && s.stop == t.stop && s.text == t.text then gather map ms acc else return none
        else gather map ms (s :: acc)
      | [] => gather map ms [s]

private def replaced (text : String) : List Suggestion → String
  | [] => text
  | s :: ss =>
    replaced (String.Pos.Raw.extract text 0 s.start ++ s.text ++ String.Pos.Raw.extract text s.stop text.rawEndPos) ss

/-- The text with all suggestions put in their places, if there are any and they don't contradict each other. -/
def suggestedText (text : String) (messages : List Message) : IO (Option String) := do
  match ← gather text.toFileMap messages [] with
  | none => return none
  | some [] => return none
  | some ss => return some (replaced text ss)

end Stepwise
