import Lean.Elab.Frontend
import Stepwise.Judge.Export
import Stepwise.Judge.Declared

/-!
A source text to an environment. Foreign code may run here (`#eval`, macros), so this happens in a process that is
used for one proof only, and whose word counts for nothing.
-/

open Lean

public section

namespace Stepwise.Judge

/-- Environments by import list. Values: what one text does to its environment another never sees. -/
abbrev Cache := IO.Ref (List (String × Environment))

def importKey : List Import → String
  | [] => ""
  | i :: rest => text i.module ++ (if i.importAll then "!" else "") ++ " " ++ importKey rest

def cached (key : String) : List (String × Environment) → Option Environment
  | [] => none
  | (k, env) :: rest => if k == key then some env else cached key rest

/-- The environment of an import list. With `foreign`, its modules' own initialisers run, as elaboration needs. -/
def environment (cache : Cache) (imports : Array Import) (foreign : Bool) : IO Environment := do
  let key := (if foreign then "+ " else "- ") ++ importKey imports.toList
  match cached key (← cache.get) with
  | some env => return env
  | none =>
    let env ← importModules imports {} (trustLevel := 0) (loadExts := foreign)
    let env := env.setMainModule `Main
    cache.modify fun rows => (key, env) :: rows
    return env

def errorTexts : List Message → IO (List String)
  | [] => return []
  | m :: rest => do
    let more ← errorTexts rest
    match m.severity with
    | .error => return (← m.data.toString) :: more
    | _ => return more

/-- The theorems of the text, and of these the ones whose own proof holds a `sorry`. -/
def theorems (env : Environment) : List Name → List Name × List Name
  | [] => ([], [])
  | n :: rest =>
    let (all, open_) := theorems env rest
    match env.find? n with
    | some (.thmInfo v) =>
      (n :: all, if hasName v.value.getUsedConstants.toList ``sorryAx then n :: open_ else open_)
    | _ => (all, open_)

/-- The names that a user may mean by `wanted`: as it is, without the private prefix, or with its namespace left out. -/
def meant (wanted : String) : List Name → List Name × List Name
  | [] => ([], [])
  | n :: rest =>
    let (exact, loose) := meant wanted rest
    let seen := text (privateToUserName n)
    if text n == wanted || seen == wanted then (n :: exact, loose)
    else if seen.endsWith ("." ++ wanted) then (exact, n :: loose)
    else (exact, loose)

def header (text : String) : IO (Parser.InputContext × Array Import × Parser.ModuleParserState × MessageLog) := do
  let ctx := Parser.InputContext.mk' text "Main.lean" text.toFileMap text.rawEndPos (Nat.le_refl _)
  let (stx, state, messages) ← Parser.parseHeader ctx
  return (ctx, Elab.headerToImports stx, state, messages)

/-- Elaborates `source`. Definitions are noncomputable by default: code that the embedded build can't compile is not
needed for proofs. -/
def elaborate (cache : Cache) (source : String) : IO (Array Import × Environment × List String) := do
  let (ctx, imports, state, messages) ← header source
  let env ← environment cache imports (foreign := true)
  let st := Elab.Command.mkState env messages {}
  let st := { st with scopes := [{ header := "", isNoncomputable := true }] }
  let s ← Elab.IO.processCommands ctx state st
  return (imports, s.commandState.env, ← errorTexts s.commandState.messages.toList)

def importTexts : List Import → List String
  | [] => []
  | i :: rest => text i.module :: importTexts rest

def field (j : Json) (name : String) : IO String :=
  match j.getObjVal? name with
  | .ok (.str s) => return s
  | _ => throw (IO.userError s!"no text field {name}")

def doElaborate (cache : Cache) (j : Json) (statement : Bool) : IO (List (String × Json)) := do
  let (imports, env, errors) ← elaborate cache (← field j "text")
  let (all, open_) := theorems env (localNames env)
  let common := [
    ("imports", .arr (jsonStrings (importTexts imports.toList)).toArray),
    ("errors", .arr (jsonStrings errors).toArray),
    ("open", .arr (jsonNames open_).toArray)]
  match j.getObjVal? "theorem" with
  | .ok (.str wanted) =>
    match meant wanted all with
    | ([n], _) => found common errors env n
    | ([], [n]) => found common errors env n
    | ([], []) => return ("found", .num 0) :: common
    | _ => return ("found", .num 2) :: common
  | _ => return ("found", .num 0) :: common
where
  /-- A text with errors may hold terms that can't be written, and nobody wants them. -/
  found (common : List (String × Json)) (errors : List String) (env : Environment) (n : Name) :
      IO (List (String × Json)) := do
    let written ← match errors with
      | [] => exportOf env n statement
      | _ => pure ""
    return ("found", .num 1) :: ("theorem", .str (text n)) :: ("export", .str written) :: common

end Stepwise.Judge
