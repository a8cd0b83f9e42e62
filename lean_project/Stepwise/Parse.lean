import Lean.Elab.Frontend
import Stepwise.State

/-!
Tactic text to syntax: a whole tactic block, as after `by`, on one line or several, at any indentation.
-/

open Lean Parser

namespace Stepwise

private def parseBlock (ps : ProofState) (text : String) : Except String Syntax :=
  let ictx := InputContext.mk' text "<input>" text.toFileMap text.rawEndPos (Nat.le_refl _)
  let c := ps.coreCtx
  let pmctx : ParserModuleContext :=
    { env := ps.core.env, options := c.options, currNamespace := c.currNamespace, openDecls := c.openDecls }
  let fn := andthenFn whitespace Tactic.tacticSeq.fn
  let s := fn.run ictx pmctx (getTokenTable ps.core.env) (mkParserState text)
  if s.hasError then .error (s.toErrorMsg ictx)
  else if s.pos < text.rawEndPos then .error ((s.mkError "end of input").toErrorMsg ictx)
  else .ok s.stxStack.back

private def leading (s : String) : Nat := go s.toList 0
where
  go : List Char → Nat → Nat
    | ' ' :: cs, n => go cs (n + 1)
    | _, n => n

private def isBlank (s : String) : Bool := allL Char.isWhitespace s.toList

private def startsBlank (s : String) : Bool := s.startsWith " " || s.startsWith "\n"

/-- The least indentation of the lines that are not blank. -/
private def least : List String → Option Nat → Option Nat
  | [], m => m
  | l :: ls, m =>
    if isBlank l then least ls m
    else match m with
      | some n => least ls (some (min n (leading l)))
      | none => least ls (some (leading l))

private def dropSpaces (n : Nat) (l : String) : String := pushAll (go n l.toList) ""
where
  go : Nat → List Char → List Char
    | n + 1, ' ' :: cs => go n cs
    | _, cs => cs

/-- The text with its later lines moved left to the margin of the first: how a block looks whose first line was cut out
of its place. `none` if they stand there already. -/
def dedentLater (text : String) : Option String :=
  match text.splitOn "\n" with
  | first :: rest =>
    match least rest none with
    | some n =>
      if n == 0 || isBlank first then none
      else some (joinL "\n" (dropSpaces first.length first :: mapL (dropSpaces n) rest))
    | none => none
  | [] => none

/-- The text with all its lines moved left by the indentation that they have in common. -/
def dedented (text : String) : String :=
  if !startsBlank text then text else
  let lines := text.splitOn "\n"
  match least lines none with
  | some (n + 1) => joinL "\n" (mapL (dropSpaces (n + 1)) lines)
  | _ => text

/-- The syntax of a tactic block, and the text it was read from: a step further in than its neighbours would be read as
part of the one before it. -/
def parseTactics (ps : ProofState) (text : String) : Except String (Syntax × String) :=
  let text := dedented text
  match parseBlock ps text with
  | .ok stx => .ok (stx, text)
  | .error e =>
    match dedentLater text with
    | none => .error e
    | some text' =>
      match parseBlock ps text' with
      | .ok stx => .ok (stx, text')
      | .error _ => .error e

end Stepwise
