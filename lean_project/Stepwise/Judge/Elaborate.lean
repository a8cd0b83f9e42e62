import Lean.Elab.Frontend
import Stepwise.Judge.Export
import Stepwise.Judge.Reading

/-!
A source text to an environment. Foreign code may run here (`#eval`, macros), so the word of the process in which this
happens counts for nothing.
-/

open Lean

public section

namespace Stepwise.Judge

structure Cache where
  /-- Environments by import list. Values: what one text does to its environment another never sees. -/
  environments : IO.Ref (List (String × Environment))
  /-- The text that was elaborated last: there may be several questions about it, and the next may begin like it. -/
  last : IO.Ref (Option Reading)

def Cache.new : IO Cache := return { environments := ← IO.mkRef [], last := ← IO.mkRef none }

def importKey : List Import → String
  | [] => ""
  | i :: rest => text i.module ++ (if i.importAll then "!" else "") ++ " " ++ importKey rest

def cached (key : String) : List (String × Environment) → Option Environment
  | [] => none
  | (k, env) :: rest => if k == key then some env else cached key rest

/-- What a text imports that names nothing: Lean's own, so nothing foreign runs when it is imported. -/
def isInit (imports : Array Import) : Bool := importKey imports.toList == importKey [{ module := `Init }]

/-- The environment of an import list. With `foreign`, its modules' own initialisers run, as elaboration needs. That of
`Init` alone, which takes 70 MB, serves elaboration and comparison alike. -/
def environment (cache : Cache) (imports : Array Import) (foreign : Bool) : IO Environment := do
  let foreign := foreign || isInit imports
  let key := (if foreign then "+ " else "- ") ++ importKey imports.toList
  match cached key (← cache.environments.get) with
  | some env => return env
  | none =>
    let env ← importModules imports {} (trustLevel := 0) (loadExts := foreign)
    let env := env.setMainModule `Main
    cache.environments.modify fun rows => (key, env) :: rows
    return env

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

/-- Was nothing imported for elaboration yet but these modules, or Lean's own? -/
def isAlone (cache : Cache) (imports : Array Import) : IO Bool := do
  let known := keepL (fun (key, _) => key.startsWith "+ ") (← cache.environments.get)
  let init := "+ " ++ importKey [{ module := `Init }]
  return allL (fun (key, _) => key == init || key == "+ " ++ importKey imports.toList) known

/-- A text as it is read. What the last one said already is not elaborated again. With `plain`, nothing runs but Lean's
own code and that of the modules imported, which no text with other imports has shared; the answer to a text that asks
for more (`Plain.lean`) is what does. -/
def reading (cache : Cache) (source : String) (plain : Bool := false) : IO (Except Name Reading) := do
  let last ← cache.last.get
  if let some r := last then
    if r.source == source && !plain then return .ok r
  let input := inputOf source
  let (stx, ps, messages) ← Parser.parseHeader input
  let imports := Elab.headerToImports stx
  if plain && !(← isAlone cache imports) then return .error ``Parser.Module.import
  let earlier := match last with
    | some r => if importKey r.imports.toList == importKey imports.toList then last else none
    | none => none
  let read ← readText input ps messages imports (← environment cache imports (foreign := true)) earlier plain
  match read with
  | .ok r => cache.last.set (some r)
  | .error _ => pure ()
  return read

def importTexts : List Import → List String
  | [] => []
  | i :: rest => text i.module :: importTexts rest

def field (j : Json) (name : String) : IO String :=
  match j.getObjVal? name with
  | .ok (.str s) => return s
  | _ => throw (IO.userError s!"no text field {name}")

def isTrue (j : Json) (name : String) : Bool :=
  match j.getObjVal? name with
  | .ok (.bool b) => b
  | _ => false

def jsonPlace (p : Position) : List (String × Json) := [("line", jNat p.line), ("column", jNat p.column)]

/-- With `own`, a theorem's command, whether each of them concerns the theorem itself, not what it rests on. -/
def jsonMistakes (ms : List Mistake) (own : Option Nat := none) : Json :=
  jArr (mapL (fun (m : Mistake) => Json.mkObj (("text", .str m.text) :: ("own", .bool (isOwn m)) :: jsonPlace m.pos)) ms)
where
  isOwn (m : Mistake) : Bool :=
    match m.blame, own with
    | .command number, some theorem_ => number == theorem_
    | _, _ => true

def jsonClaims (cs : List Claim) : Json :=
  jArr (mapL (fun (c : Claim) => Json.mkObj (("name", .str c.name) :: jsonPlace c.pos)) cs)

/-- Do the two names mean the same, one of them perhaps without its namespace? -/
def sameEnd (a b : String) : Bool := a == b || a.endsWith ("." ++ b) || b.endsWith ("." ++ a)

def doElaborate (cache : Cache) (j : Json) (statement : Bool) : IO (List (String × Json)) := do
  match ← reading cache (← field j "text") (isTrue j "plain") with
  | .ok r => answer j statement r
  | .error kind => return [("foreign", .str (text kind))]
where
  answer (j : Json) (statement : Bool) (r : Reading) : IO (List (String × Json)) := do
    let env := r.history.final
    let (all, open_) := theorems env (localNames env)
    let common := [
      ("imports", .arr (jsonStrings (importTexts r.imports.toList)).toArray),
      ("theorems", jsonClaims r.claims),
      ("open", .arr (jsonNames open_).toArray)]
    match j.getObjVal? "theorem" with
    | .ok (.str wanted) =>
      match meant wanted all with
      | ([n], _) => found common r n
      | ([], [n]) => found common r n
      | ([], []) => return ("found", .num 0) :: appL (lost r wanted) common
      | _ => return ("found", .num 2) :: appL (about r []) common
    | _ => return ("found", .num 0) :: appL (about r []) common
  about (r : Reading) (commands : List Nat) (own : Option Nat := none) : List (String × Json) :=
    [("errors", jsonMistakes (r.mistakesIn commands true) own), ("elsewhere", jsonMistakes (r.mistakesIn commands false))]
  /-- There is no such theorem: perhaps a command was to declare it. -/
  lost (r : Reading) (wanted : String) : List (String × Json) :=
    match keepL (fun (c : Claim) => sameEnd c.name wanted) r.claims with
    | c :: _ => ("place", Json.mkObj (jsonPlace c.pos)) :: about r [c.command]
    | [] => about r []
  /-- What rests on an error may hold terms that can't be written, and nobody wants them. -/
  found (common : List (String × Json)) (r : Reading) (n : Name) : IO (List (String × Json)) := do
    let commands := r.commandsBehind n
    let written ← match r.mistakesIn commands true with
      | [] => exportOf r.history.final n statement
      | _ => pure ""
    let place := match r.placeOf n with
      | some p => [("place", Json.mkObj (jsonPlace p))]
      | none => []
    return ("found", .num 1) :: ("theorem", .str (text n)) :: ("export", .str written)
      :: appL place (appL (about r commands (r.history.owner n)) common)

end Stepwise.Judge
