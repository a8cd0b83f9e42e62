import Lean.Data.Json
import Lean.Environment
import Stepwise.Prelude

/-!
What the judge's parts share: how a judgement ends, and loops over lists of names.

Written in the subset that the embedded Lean can run: own loops and tables, no polymorphic library functions.
-/

open Lean

public section

namespace Stepwise.Judge

/-- Why a judgement ended early: `kind` is one of the reason classes of `docs/judge.md`. -/
structure Stop where
  unknown : Bool := false
  kind : String
  text : String

/-- The part of a name that marks what the judge calls things; an export that holds it is malformed. -/
def judgesOwn : String := "_stepwise"

def jsonStrings : List String → List Json
  | [] => []
  | s :: rest => .str s :: jsonStrings rest

/-- How a name is written in an answer, escaped so that different names differ. -/
def text (n : Name) : String := n.toString (escape := true)

def jsonNames : List Name → List Json
  | [] => []
  | n :: rest => .str (text n) :: jsonNames rest

def nameList (names : List Name) : String :=
  match names with
  | [] => ""
  | [n] => text n
  | n :: rest => text n ++ ", " ++ nameList rest

def hasName (names : List Name) (n : Name) : Bool :=
  match names with
  | [] => false
  | m :: rest => if m == n then true else hasName rest n

def sameNames : List Name → List Name → Bool
  | [], [] => true
  | a :: as, b :: bs => a == b && sameNames as bs
  | _, _ => false

end Stepwise.Judge
