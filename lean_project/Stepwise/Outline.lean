import Lean.Elab.Frontend
import Stepwise.Command
import Stepwise.Declaration

/-!
What a file says, as Lean reads it: its commands with their ranges and declarations, what rests on what, and the goals of
each `sorry`. Nothing of it is kept.
-/

open Lean Elab Meta

namespace Stepwise

/-- The names that a binder of `variable` binds. -/
private def boundNames (binder : Syntax) : List String :=
  names (listFrom (binder.getArg 1).getArgs)
where
  names : List Syntax → List String
    | [] => []
    | s :: rest => if s.isIdent then s.getId.toString :: names rest else names rest

private def allBound (scope : Command.Scope) (i : Nat := 0) : List String :=
  if h : i < scope.varDecls.size then appL (boundNames scope.varDecls[i].raw) (allBound scope (i + 1)) else []

/-! What the declarations rest on -/

/-- A declared constant: its command, by number, and the constants it mentions. -/
private structure Declared where
  info : ConstantInfo
  command : Nat
  used : List Name

private def declared (h : Judge.History) : List Name → List Declared
  | [] => []
  | n :: ns =>
    match h.final.find? n, h.owner n with
    | some info, some command => { info, command, used := constantsOf info } :: declared h ns
    | _, _ => declared h ns

private def insertOnce (n : Nat) (ns : List Nat) : List Nat := if anyL (fun m => m == n) ns then ns else n :: ns

/-- What a constant mentions, if Lean made it and shares it between declarations (a matcher, a proof taken out of a term);
none for one that holds a `sorry` itself, and for axioms. -/
private def sharedUses (env : Environment) (n : Name) : Option (List Name) :=
  match n.isInternalDetail, env.find? n with
  | true, some info =>
    let used := constantsOf info
    if info.isAxiom || inFrom (arrOfL used) ``sorryAx then none else some used
  | _, _ => none

/-- The commands, other than `i`, on which the constants `ns` rest. Of two theorems by the same patterns the second has
the first one's matcher, and does not rest on the first for that: of a shared constant counts what it mentions. -/
private partial def commandsOf (h : Judge.History) (i : Nat) : List Name → List Nat → List Nat
  | [], acc => acc
  | n :: ns, acc =>
    match h.owner n, sharedUses h.final n with
    | none, _ => commandsOf h i ns acc
    | some j, uses? =>
      if i == j then commandsOf h i ns acc
      else match uses? with
        | some uses => commandsOf h i ns (commandsOf h i uses acc)
        | none => commandsOf h i ns (insertOnce j acc)

private def usedBy (h : Judge.History) (i : Nat) : List Declared → List Nat → List Nat
  | [], acc => acc
  | d :: ds, acc => usedBy h i ds (commandsOf h i d.used acc)

/-- What `pick` finds in the terms of a command's text, in front of `acc`. -/
private partial def gathered (pick : TermInfo → Option Name) (t : InfoTree) (acc : List Name) : List Name :=
  match t with
  | .context _ t => gathered pick t acc
  | .hole _ => acc
  | .node info children =>
    let acc := match info with
      | .ofTermInfo i =>
        match pick i with
        | some n => n :: acc
        | none => acc
      | _ => acc
    go (itemsOf children) acc
where
  go : List InfoTree → List Name → List Name
    | [], acc => acc
    | t :: ts, acc => go ts (gathered pick t acc)

/-- The constants that a command's text names. -/
private def named (e : Elaborated) : List Name :=
  gathered.go (fun i => match i.expr with
    | .const n _ => some n
    | _ => none) (itemsOf e.trees) []

/-- The names that a text binds. -/
private def bound : List Elaborated → List Name → List Name
  | [], acc => acc
  | e :: es, acc =>
    bound es (gathered.go (fun i => if i.isBinder && i.stx.isIdent then some i.stx.getId else none) (itemsOf e.trees) acc)

/-! The answer -/

private def place (key : String) (map : FileMap) (stx? : Option Syntax) : Fields :=
  match stx? with
  | none => []
  | some stx =>
    match stx.getPos? with
    | some p => [(key, jPos (map.toPosition p))]
    | none => []

private def jDeclared (d : Declared) : Json :=
  let marks := appL (if inFrom (arrOfL d.used) ``sorryAx then [("sorry", Json.bool true)] else [])
    (if d.info.isAxiom then [("axiom", Json.bool true)] else [])
  let isTheorem := match d.info with
    | .thmInfo _ => true
    | _ => false
  Json.mkObj (("name", .str (privateToUserName d.info.name).toString) :: ("theorem", .bool isTheorem) :: marks)

/-- A place of a command at which it is left open, and the goals that a text in that place has to close. -/
private structure Hole where
  stx : Syntax
  isTerm : Bool
  goals : List String

/-- The types among a goal's variables that no text binds: of a name that nothing declares, Lean makes a variable. -/
private def autoBound (bound : List Name) : ProofState → IO (List String)
  | ps =>
    match ps.goals with
    | g :: _ => ps.runMeta do types (declsOf (← g.getDecl).lctx)
    | [] => return []
where
  types : List LocalDecl → MetaM (List String)
    | [] => return []
    | d :: ds => do
      let rest ← types ds
      let isType := (← instantiateMVars d.type).isSort
      let isBound := d.userName.hasMacroScopes || anyL (fun n => n == d.userName) bound
      return if isType && !isBound then d.userName.toString :: rest else rest

private def autoBoundIn (bound : List Name) : List SorryAt → IO (List String)
  | [] => return []
  | s :: _ => do autoBound bound (← stateOfSorry s)

private def addHole (h : Hole) : List Hole → List Hole
  | [] => [h]
  | k :: ks =>
    if sameRange k.stx h.stx then { k with goals := more h.goals k.goals, isTerm := k.isTerm && h.isTerm } :: ks
    else k :: addHole h ks
where
  more : List String → List String → List String
    | [], old => old
    | g :: gs, old => more gs (if anyL (fun o => o == g) old then old else appL old [g])

private def holesOf (srv : Server) : List SorryAt → List Hole → IO (List Hole)
  | [], acc => return acc
  | s :: ss, acc => do
    let ps ← stateOfSorry s
    let view ← printState srv ps
    let isTerm := match s.kind with
      | .term _ => true
      | .tactic _ => false
    let goals := match view.pretty with
      | g :: _ => [g]
      | [] => []
    holesOf srv ss (addHole { stx := s.stx, isTerm, goals } acc)

private def jHole (map : FileMap) (body? : Option Syntax) (h : Hole) : Json :=
  let marks := appL (if h.isTerm then [("term", Json.bool true)] else [])
    (if isWholeBody body? h.stx then [("whole", Json.bool true)] else [])
  Json.mkObj (("goals", jStrs h.goals) :: appL (jRange map h.stx) marks)

/-- What was open where a declaration begins: its namespace, and for an `example` the variables, all of which it has. -/
private def scopeFields (parts : Parts) : List Command.Scope → Fields
  | [] => []
  | scope :: _ =>
    let variables := if parts.core.getKind == ``Lean.Parser.Command.example then allBound scope else []
    ("namespace", .str scope.currNamespace.toString) :: nonEmpty "variables" (mapL Json.str variables)

private def declarationFields (map : FileMap) (e : Elaborated) (parts : Parts) : Fields :=
  let doc := match parts.doc? with
    | some d => [("doc", Json.mkObj (jRange map d))]
    | none => []
  let name := match parts.id? with
    | some id => [("name", Json.str (id.getArg 0).getId.toString)]
    | none => []
  appL doc (appL name (appL (scopeFields parts e.scopes) (appL (place "declaration" map (some parts.whole))
    (appL (place "keyword" map (firstNode isOriginal parts.core)) (place "body" map parts.body?)))))

private def jNats (ns : List Nat) : List Json := mapL jNat ns

private def jCommand (srv : Server) (map : FileMap) (h : Judge.History) (all : List Declared) (bound : List Name) (i : Nat)
    (e : Elaborated) : IO Json := do
  let mine := keepL (fun d => d.command == i) all
  let parts? := partsIn e
  let kind := match parts? with
    | some parts => parts.core.getKind
    | none => e.stx.getKind
  let body? := match parts? with
    | some parts => parts.body?
    | none => none
  let holes ← holesOf srv (sorriesIn e) []
  let fields ← match parts? with
    | some parts => do
      let marks := if ← isData e parts then [("data", Json.bool true)] else []
      pure (appL (declarationFields map e parts) marks)
    | none => pure []
  let messages ← allMessages [e]
  let mentions := commandsOf h i (named e) []
  let auto ← autoBoundIn bound (sorriesIn e)
  return Json.mkObj (("kind", .str kind.toString) :: appL (jRange map e.stx) (appL fields
    (appL (nonEmpty "declares" (mapL jDeclared mine)) (appL (nonEmpty "uses" (jNats (usedBy h i mine [])))
      (appL (nonEmpty "mentions" (jNats mentions)) (appL (nonEmpty "messages" messages)
      (appL (nonEmpty "autoBound" (mapL Json.str auto)) (nonEmpty "sorries" (mapL (jHole map body?) holes)))))))))

private def jCommands (srv : Server) (map : FileMap) (h : Judge.History) (all : List Declared) (bound : List Name) (i : Nat) :
    List Elaborated → IO (List Json)
  | [] => return []
  | e :: es => do
    let first ← jCommand srv map h all bound i e
    return first :: (← jCommands srv map h all bound (i + 1) es)

private def environments : List Elaborated → Array Environment → Array Environment
  | [], acc => acc
  | e :: es, acc =>
    match e.source? with
    | some source => environments es (acc.push source.before.env)
    | none => environments es acc

private def hasText (e : Elaborated) : Bool := e.source?.isSome

/-- Elaborates a file as it stands, the whole or as far as what begins on the line `until`, and answers what is in it. -/
def runOutline (srv : Server) (j : Json) : IO Answer := do
  match getStr? j "outline" with
  | none => return .json (failure "'outline' must be a text")
  | some text =>
    let out ← srv.watch.within ((getNat? j "wallMs").getD 0) (elabText srv text none (getNat? j "until"))
    if ← srv.watch.flag.get then return .json (Json.mkObj [("limit", .str (← srv.watch.interruption))])
    let map := text.toFileMap
    let commands := keepL hasText out.commands
    let h : Judge.History := { final := out.state.env, before := environments commands #[] }
    let all := declared h (Judge.localNames h.final)
    let messages ← allMessages (keepL (fun e => !hasText e) out.commands)
    let jsons ← jCommands srv map h all (bound commands []) 0 commands
    return .json (Json.mkObj [("commands", jArr jsons), ("messages", jArr messages)])

end Stepwise
