import Lean.Elab.Frontend
import Stepwise.Prelude

/-!
JSON text written piece by piece. Most of an answer about proof states is text that was written before, so making a `Json`
of it and printing that again would cost more than the rest.
-/

open Lean

namespace Stepwise

/-- The fields of an object, without its braces. -/
abbrev FieldsText := String

/-- A text as JSON. -/
def quoted (s : String) : String := (Json.str s).compress

/-- A number of at most 64 bits. -/
private def digits (n : UInt64) : String := (n >>> 32).toUSize.repr ++ "." ++ n.toUSize.repr

/-- Two numbers as a name: different pairs have different names. -/
def nameOf (a b : UInt64) : String := digits a ++ "-" ++ digits b

/-- `n` thousandths. -/
def milliText (n : Nat) : String := n.repr ++ "e-3"

private def listFrom1 (acc : String) : List String → String
  | [] => acc ++ "]"
  | x :: xs => listFrom1 (acc ++ "," ++ x) xs

/-- A JSON list of what is JSON already. -/
def listText : List String → String
  | [] => "[]"
  | x :: xs => listFrom1 ("[" ++ x) xs

/-- A further field with a list, unless it is empty. -/
def listField (key : String) : List String → FieldsText
  | [] => ""
  | xs => ",\"" ++ key ++ "\":" ++ listText xs

/-- An answer: a JSON object, or the text of its fields. -/
inductive Answer where
  | json (j : Json)
  | fields (text : FieldsText)

end Stepwise
