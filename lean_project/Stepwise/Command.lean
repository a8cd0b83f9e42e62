import Lean.Elab.Frontend
import Stepwise.Inspect
import Stepwise.Judge.Declared

/-!
Whole commands: a text is elaborated on a header's environment or on an earlier one, and each `sorry` in it becomes a
proof state.
-/

open Lean Elab Meta

namespace Stepwise

private def importText : List Import → String
  | [] => ""
  | i :: is => (if i.isMeta then "meta " else "") ++ (if i.importAll then "all " else "") ++ i.module.toString ++ ";"
    ++ importText is

private def findHeader (key : String) : List Header → Option Environment
  | [] => none
  | h :: hs => if h.key == key then some h.env else findHeader key hs

/-- The environment of an import list: imported once in the life of the server. -/
def headerEnv (srv : Server) (imports : Array Import) : IO Environment := do
  let key := importText (listFrom imports)
  match findHeader key (← srv.headers.get) with
  | some env => return env
  | none => do
    let env ← importModules imports {} (trustLevel := 1024) (loadExts := true)
    srv.headers.modify fun hs => { key, env } :: hs
    return env

/-- Elaborates `text` on an earlier command state, or on the environment that its own header asks for. -/
def elabText (srv : Server) (text : String) (before? : Option Command.State) (until? : Option Nat := none) :
    IO Outcome := do
  let input := inputOf text
  match before? with
  | some st => elaborate input {} srv.watch.token st [] until?
  | none =>
    let (header, ps, inHeader) ← Parser.parseHeader input
    let env ← headerEnv srv (headerToImports header)
    let none : Elaborated := { before := env, trees := {}, parsed := inHeader, logged := {} }
    elaborate input ps srv.watch.token (freshState env) [none] until?

private def lookupEnv (srv : Server) (j : Json) : IO (Except Json (Option Command.State)) := do
  match j.getObjVal? "env" with
  | .error _ => return .ok none
  | .ok .null => return .ok none
  | .ok v =>
    match asNat? v with
    | none => return .error (failure "Unknown environment.")
    | some id =>
      match (← srv.commands.get).find? id with
      | some st => return .ok (some st)
      | none => return .error (failure "Unknown environment.")

private def withoutRepeats (seen : List Json) : List Json → List Json
  | [] => []
  | m :: ms => if anyL (fun s => s == m) seen then withoutRepeats seen ms else m :: withoutRepeats (m :: seen) ms

/-- The messages of all commands in order, each once. -/
def allMessages : List Elaborated → IO (List Json)
  | [] => return []
  | e :: es => do
    let parsed ← mapIO jMessage (itemsOf e.parsed.unreported)
    let logged ← mapIO jMessage (itemsOf e.logged.unreported)
    return appL (withoutRepeats [] (appL parsed logged)) (← allMessages es)

def commandAnswer (srv : Server) (text : String) (j : Json) : IO Answer := do
  match ← lookupEnv srv j with
  | .error e => return .json e
  | .ok before? =>
    let wallMs := (getNat? j "wallMs").getD 0
    let out ← srv.watch.within wallMs (elabText srv text before?)
    let st := out.state
    let messages ← allMessages out.commands
    let sorries ← sorryTexts srv text.toFileMap false (allSorries out.commands)
    let id ← srv.addCommand (withoutRecords st)
    let roots ← if getTrue j "rootGoals" then mapIO (rootText srv text.toFileMap) (allRoots out.commands) else pure []
    let refused := Judge.refusals st.env fun n => match before? with
      | some before => before.env.contains n
      | none => false
    let tactics ← if getTrue j "allTactics" then mapIO (jTactic srv text.toFileMap) (allTactics out.commands) else pure []
    let trees ← jTrees (getStr? j "infotree") out.commands
    return .fields ("\"env\":" ++ id.repr ++ listField "messages" (mapL Json.compress messages)
      ++ listField "sorries" (appL sorries roots) ++ listField "tactics" (mapL Json.compress tactics)
      ++ listField "infotree" (mapL Json.compress trees)
      ++ listField "refused" (mapL quoted refused))

def runCommand (srv : Server) (j : Json) : IO Answer := do
  match getStr? j "cmd" with
  | some text => commandAnswer srv text j
  | none => return .json (failure "'cmd' must be a text")

/-- A whole file. What the server may read is for the process it runs in to say. -/
def runFile (srv : Server) (j : Json) : IO Answer := do
  match getStr? j "path" with
  | some path => commandAnswer srv (← IO.FS.readFile path) j
  | none => return .json (failure "'path' must be a text")

end Stepwise
