import Lean
import Stepwise.Answer
import Stepwise.Trees

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

/-- A file's context before its first command. Definitions are not compiled: the embedded Lean lacks what its compiler
needs of the library, and no proof rests on compiled code. -/
def freshState (env : Environment) : Command.State :=
  let st := Command.mkState env {} {}
  { st with scopes := [{ header := "", isNoncomputable := true }] }

/-- Elaborates `text` on an earlier command state, or on the environment that its own header asks for. -/
def elabText (srv : Server) (text : String) (before? : Option Command.State) : IO Outcome := do
  let input := inputOf text
  match before? with
  | some st => elaborate input {} srv.watch.token st []
  | none =>
    let (header, ps, inHeader) ← Parser.parseHeader input
    let env ← headerEnv srv (headerToImports header)
    let none : Elaborated := { before := env, trees := {}, parsed := inHeader, logged := {} }
    elaborate input ps srv.watch.token (freshState env) [none]

private def paramsOfDecls (s : CollectLevelParams.State) (ds : List LocalDecl) : CollectLevelParams.State :=
  foldL (fun s (d : LocalDecl) => collectLevelParams s d.type) s ds

/-- The universe names that the goals' contexts and targets mention: those a tactic may write. -/
private def levelNames (mctx : MetavarContext) : List MVarId → CollectLevelParams.State → List Name
  | [], s => listFrom s.params
  | g :: gs, s =>
    match mctx.findDecl? g with
    | some d => levelNames mctx gs (paramsOfDecls (collectLevelParams s d.type) (declsOf d.lctx))
    | none => levelNames mctx gs s

private def allKnown (env : Environment) (e : Expr) : Bool :=
  allL (fun n => env.contains n) (listFrom e.getUsedConstants)

private def knownIn (env : Environment) (mctx : MetavarContext) : List MVarId → Bool
  | [] => true
  | g :: gs =>
    match mctx.findDecl? g with
    | some d => allKnown env d.type && allL (fun (h : LocalDecl) => allKnown env h.type) (declsOf d.lctx)
        && knownIn env mctx gs
    | none => false

/-- The environment that a proof starts in: that before its command, where the goals need nothing newer. So a library
search meets lemmas, and not the theorem itself, which the `sorry` has just put into the environment. -/
private def baseEnv (s : SorryAt) (mctx : MetavarContext) (goals : List MVarId) : Environment :=
  if knownIn s.before mctx goals then s.before else s.ctx.env

private def ofContext (s : SorryAt) (mctx : MetavarContext) (goals : List MVarId) : ProofState :=
  let ctx := s.ctx
  let env := baseEnv s mctx goals
  { coreCtx := { fileName := "<tactic>", fileMap := default, options := ctx.options,
                 currNamespace := ctx.currNamespace, openDecls := ctx.openDecls }
    core := { env, ngen := ctx.ngen
              auxDeclNGen := { namePrefix := ctx.parentDecl?.getD .anonymous } }
    termCtx := { declName? := ctx.parentDecl?, isNoncomputableSection := true }
    term := { levelNames := levelNames mctx goals {} }
    mctx, base := env, roots := goals, goals }

/-- The proof state of a `sorry`. A term `sorry` becomes a goal of its expected type. -/
def stateOfSorry (s : SorryAt) : IO ProofState := do
  match s.kind with
  | .tactic info => return ofContext s info.mctxBefore info.goalsBefore
  | .term info type =>
    let ps := ofContext s s.ctx.mctx []
    let make : MetaM (MVarId × MetavarContext) := do
      let type ← instantiateMVars type
      let g ← mkFreshExprMVar type .syntheticOpaque
      return (g.mvarId!, ← getMCtx)
    let run : MetaM (MVarId × MetavarContext) := do
      let insts ← instancesFrom (declsOf info.lctx) #[]
      fun c => make { c with lctx := info.lctx, localInstances := insts }
    let core := { ps.core with ngen := { namePrefix := `_stepwise } }
    let (g, mctx) ← { ps with core }.runMeta run
    return ofContext s mctx [g]
where
  instancesFrom : List LocalDecl → LocalInstances → MetaM LocalInstances
    | [], acc => return acc
    | d :: ds, acc => do
      match ← isClass? d.type with
      | some c => instancesFrom ds (acc.push { className := c, fvar := d.toExpr })
      | none => instancesFrom ds acc

private def sorryText (srv : Server) (fileMap : FileMap) (s : SorryAt) : IO String := do
  let origin := (← srv.states.get).nextId
  let (id, view) ← openState srv { ← stateOfSorry s with origin }
  let info := match view.texts with
    | g :: _ => ",\"goalInfo\":" ++ g
    | [] => ""
  let decl := match s.ctx.parentDecl? with
    | some n => ",\"decl\":" ++ quoted n.toString
    | none => ""
  let term := match s.kind with
    | .term .. => ",\"term\":true"
    | .tactic _ => ""
  return "{\"proofState\":" ++ id.repr ++ ",\"goal\":" ++ quoted (joinL "\n\n" view.pretty) ++ ",\"key\":"
    ++ quoted view.key ++ fieldsAfter (jRange fileMap s.stx) ++ info ++ decl ++ term ++ "}"
where
  fieldsAfter : Fields → String
    | [] => ""
    | (key, value) :: rest => "," ++ quoted key ++ ":" ++ value.compress ++ fieldsAfter rest

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
private def allMessages : List Elaborated → IO (List Json)
  | [] => return []
  | e :: es => do
    let parsed ← mapIO jMessage (itemsOf e.parsed.unreported)
    let logged ← mapIO jMessage (itemsOf e.logged.unreported)
    return appL (withoutRepeats [] (appL parsed logged)) (← allMessages es)

/-- A field with a list, unless it is empty. -/
private def listField (key : String) : List String → String
  | [] => ""
  | xs => ",\"" ++ key ++ "\":" ++ listText xs

def commandAnswer (srv : Server) (text : String) (j : Json) : IO Answer := do
  match ← lookupEnv srv j with
  | .error e => return .json e
  | .ok before? =>
    let wallMs := (getNat? j "wallMs").getD 0
    let out ← srv.watch.within wallMs (elabText srv text before?)
    let st := out.state
    let messages ← allMessages out.commands
    let sorries ← mapIO (sorryText srv text.toFileMap) (allSorries out.commands)
    let id ← srv.addCommand { st with messages := {}, infoState := {}, traceState := {}, snapshotTasks := #[] }
    return .fields ("\"env\":" ++ id.repr ++ listField "messages" (mapL Json.compress messages)
      ++ listField "sorries" sorries)

def runCommand (srv : Server) (j : Json) : IO Answer := do
  match getStr? j "cmd" with
  | some text => commandAnswer srv text j
  | none => return .json (failure "'cmd' must be a text")

end Stepwise
