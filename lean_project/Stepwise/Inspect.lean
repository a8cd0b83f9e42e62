import Lean.Elab.Frontend
import Stepwise.Open

/-! What the community REPL tells about a command on request: its tactics, the goals of its proofs, its info tree. -/

open Lean Elab Meta

namespace Stepwise

/-- A tactic in the text of a command, with the command's first environment. -/
structure TacticAt where
  ctx : ContextInfo
  before : Environment
  info : TacticInfo

/-- Does a piece of syntax begin with a word of the text, and not with one that a macro put there? -/
def isOriginal (stx : Syntax) : Bool :=
  match stx.getHeadInfo with
  | .original .. => true
  | _ => false

/-- Nodes that only hold others together. -/
private def isFrame (kind : Name) : Bool :=
  inFrom #[`null, ``Lean.cdot, ``Lean.cdotTk, ``Lean.Parser.Term.byTactic, ``Lean.Parser.Tactic.tacticSeq,
    ``Lean.Parser.Tactic.tacticSeq1Indented, ``Lean.Parser.Tactic.«tactic_<;>_», ``Lean.Parser.Tactic.paren] kind

private def isSubstantive (i : TacticInfo) : Bool :=
  match i.stx with
  | .node _ kind _ => !isFrame kind
  | _ => false

/-- All tactics of a tree that `keep` wants, last one first, in front of `acc`; `inside` says whether to look for more
below one. -/
private partial def tacticsOf (before : Environment) (keep : TacticInfo → Bool) (inside : Bool) (t : InfoTree)
    (ctx? : Option ContextInfo) (acc : List TacticAt) : List TacticAt :=
  match t with
  | .context c t => tacticsOf before keep inside t (c.mergeIntoOuter? ctx?) acc
  | .hole _ => acc
  | .node info children =>
    match ctx?, info with
    | some ctx, .ofTacticInfo i =>
      if keep i then
        let acc := { ctx, before, info := i } :: acc
        if inside then go (itemsOf children) ctx? acc else acc
      else go (itemsOf children) ctx? acc
    | _, _ => go (itemsOf children) (info.updateContext? ctx?) acc
where
  go : List InfoTree → Option ContextInfo → List TacticAt → List TacticAt
    | [], _, acc => acc
    | t :: ts, ctx?, acc => go ts ctx? (tacticsOf before keep inside t ctx? acc)

/-- The tactics that stand in the text, in the order in which they begin to run. -/
def allTactics : List Elaborated → List TacticAt
  | [] => []
  | e :: es =>
    let own := tacticsOf.go e.before (fun i => isOriginal i.stx && isSubstantive i) true (itemsOf e.trees) none []
    appL (revL own) (allTactics es)

/-- The tactic blocks that stand in no other. -/
def allRoots : List Elaborated → List TacticAt
  | [] => []
  | e :: es => appL (revL (tacticsOf.go e.before (fun _ => true) false (itemsOf e.trees) none [])) (allRoots es)

private def asSorry (t : TacticAt) : SorryAt := { ctx := t.ctx, before := t.before, stx := t.info.stx, kind := .tactic t.info }

private def goalTexts (t : TacticAt) (mctx : MetavarContext) (goals : List MVarId) : IO (List String) := do
  let ps := ofContext (asSorry t) mctx goals
  let printed ← Printed.new 1
  let view ← { ps with core := { ps.core with env := t.ctx.env } }.runMeta (viewState printed none goals)
  return view.pretty

private def tacticText (t : TacticAt) : IO String := do
  let ps := ofContext (asSorry t) t.info.mctxBefore []
  let print : MetaM Format := fun _ _ => PrettyPrinter.ppTactic ⟨t.info.stx⟩
  match ← (ps.runMeta print).toBaseIO with
  | .ok f => return f.pretty
  | .error _ => return "<failed to pretty print>"

/-- Each name once. -/
private def onceEach (seen : NameSet) : List Name → List Json
  | [] => []
  | n :: ns => if seen.contains n then onceEach seen ns else .str n.toString :: onceEach (seen.insert n) ns

/-- The constants in the terms that the tactic gave to its goals. -/
private def constantsOfStep (t : TacticAt) : IO (List Name) :=
  (ofContext (asSorry t) t.info.mctxAfter []).runMeta (go t.info.goalsBefore)
where
  go : List MVarId → MetaM (List Name)
    | [] => return []
    | g :: gs => do
      let e ← instantiateMVars (.mvar g)
      return appL (listFrom e.getUsedConstants) (← go gs)

/-- The state that the tactic began with, and its goals as Lean renders them. -/
private def stateBefore (srv : Server) (t : TacticAt) : IO (Nat × String) := do
  let goals ← goalTexts t t.info.mctxBefore t.info.goalsBefore
  let origin := (← srv.states.get).nextId
  let id ← srv.addState { ofContext (asSorry t) t.info.mctxBefore t.info.goalsBefore with origin }
  return (id, if lenL goals == 0 then "no goals" else joinL "\n" goals)

def jTactic (srv : Server) (fileMap : FileMap) (t : TacticAt) : IO Json := do
  let text ← tacticText t
  let (id, goals) ← stateBefore srv t
  let used := onceEach {} (← constantsOfStep t)
  return Json.mkObj (appL [("tactic", .str text), ("goals", .str goals), ("proofState", jNat id),
    ("usedConstants", jArr used)] (jRange fileMap t.info.stx))

/-- The goals that a tactic block begins with, in the form of a `sorry` at its beginning. -/
def rootText (srv : Server) (fileMap : FileMap) (t : TacticAt) : IO String := do
  let (id, goals) ← stateBefore srv t
  let place : Fields := match t.info.stx.getPos? with
    | some pos => [("pos", jPos (fileMap.toPosition pos)), ("endPos", jPos (fileMap.toPosition pos))]
    | none => []
  return (Json.mkObj (appL [("proofState", jNat id), ("goal", .str goals)] place)).compress

/-! Info trees -/

private def jSyntax (ctx : ContextInfo) (stx : Syntax) (pp : Option String) : Json :=
  let start := stx.getPos?.getD 0
  let stop := stx.getTailPos?.getD start
  let range := Json.mkObj [("synthetic", .bool (!isOriginal stx)), ("start", jPos (ctx.fileMap.toPosition start)),
    ("finish", jPos (ctx.fileMap.toPosition stop))]
  let printed := match pp with
    | some s => Json.str s
    | none => .null
  let argKinds := mapL (fun (arg : Syntax) => arg.getKind.toString) (listFrom stx.getArgs)
  Json.mkObj [("pp", printed), ("range", range), ("kind", .str stx.getKind.toString), ("argKinds", jStrs argKinds)]

private def jName (n : Name) : Json := if n.isAnonymous then .null else .str n.toString

private def jTacticNode (before : Environment) (ctx : ContextInfo) (i : TacticInfo) : IO Json := do
  let t : TacticAt := { ctx, before, info := i }
  let text ← tacticText t
  let goalsBefore ← goalTexts t i.mctxBefore i.goalsBefore
  let goalsAfter ← goalTexts t i.mctxAfter i.goalsAfter
  let name := match i.stx with
    | .node _ kind _ => jName kind
    | _ => .null
  return Json.mkObj [("name", name), ("stx", jSyntax ctx i.stx (some text)),
    ("goalsBefore", jStrs goalsBefore), ("goalsAfter", jStrs goalsAfter)]

private def ppSyntaxText (ctx : ContextInfo) (lctx : LocalContext) (stx : Syntax) : IO (Option String) := do
  match ← (ctx.ppSyntax lctx stx).toBaseIO with
  | .ok f => return some f.pretty
  | .error _ => return none

private def exprText (ps : ProofState) (lctx : LocalContext) (e : Expr) : IO String := do
  let print : MetaM Format := fun c => do
    let f ← ppExpr e { c with lctx }
    return f
  return (← ps.runMeta print).pretty

private def jTermNode (before : Environment) (ctx : ContextInfo) (i : TermInfo) : IO Json := do
  let ps := ofContext { ctx, before, stx := i.stx, kind := .term i } ctx.mctx []
  let ps := { ps with core := { ps.core with env := ctx.env } }
  let text ← ppSyntaxText ctx i.lctx i.stx
  let expected ← match i.expectedType? with
    | some type => pure [("expectedType", Json.str (← exprText ps i.lctx type))]
    | none => pure []
  let expr ← exprText ps i.lctx i.expr
  return Json.mkObj (appL [("elaborator", jName i.elaborator), ("stx", jSyntax ctx i.stx text), ("expr", .str expr),
    ("isBinder", .bool i.isBinder)] expected)

private def jInfo (before : Environment) (ctx : ContextInfo) : Info → IO (String × Json)
  | .ofTacticInfo i => return ("TacticInfo", ← jTacticNode before ctx i)
  | .ofTermInfo i => return ("TermInfo", ← jTermNode before ctx i)
  | .ofCommandInfo i => do
    let text ← ppSyntaxText ctx {} i.stx
    return ("CommandInfo", Json.mkObj [("elaborator", jName i.elaborator), ("stx", jSyntax ctx i.stx text)])
  | .ofPartialTermInfo _ => return ("PartialTermInfo", .null)
  | .ofMacroExpansionInfo _ => return ("MacroExpansionInfo", .null)
  | .ofOptionInfo _ => return ("OptionInfo", .null)
  | .ofFieldInfo _ => return ("FieldInfo", .null)
  | .ofCompletionInfo _ => return ("CompletionInfo", .null)
  | .ofUserWidgetInfo _ => return ("UserWidgetInfo", .null)
  | .ofCustomInfo _ => return ("CustomInfo", .null)
  | .ofFVarAliasInfo _ => return ("FVarAliasInfo", .null)
  | .ofFieldRedeclInfo _ => return ("FieldRedeclInfo", .null)
  | .ofChoiceInfo _ => return ("ChoiceInfo", .null)
  | .ofDelabTermInfo _ => return ("DelabTermInfo", .null)
  | _ => return ("Info", .null)

/-- Which nodes a kind of tree keeps. Under one that is dropped, its children move up. -/
private def wanted (kind : String) : Info → Bool
  | .ofTacticInfo i =>
    if kind == "original" then isOriginal i.stx
    else if kind == "substantive" then isSubstantive i
    else true
  | _ => kind == "full"

private partial def jTree (before : Environment) (kind : String) (t : InfoTree) (ctx? : Option ContextInfo) :
    IO (List Json) := do
  match t with
  | .context c t => jTree before kind t (c.mergeIntoOuter? ctx?)
  | .hole _ => return []
  | .node info children =>
    match ctx? with
    | none => go (itemsOf children) ctx?
    | some ctx =>
      let below ← go (itemsOf children) (info.updateContext? ctx?)
      if wanted kind info then
        let (name, node) ← jInfo before ctx info
        return [Json.mkObj [("kind", .str name), ("node", node), ("children", jArr below)]]
      else return below
where
  go : List InfoTree → Option ContextInfo → IO (List Json)
    | [], _ => return []
    | t :: ts, ctx? => do
      let own ← jTree before kind t ctx?
      return appL own (← go ts ctx?)

private def jTreesOf (kind : String) : List Elaborated → IO (List Json)
  | [] => return []
  | e :: es => do
    let own ← jTree.go e.before kind (itemsOf e.trees) none
    return appL own (← jTreesOf kind es)

/-- The info trees of the commands, if `kind?` is one of the four kinds there are. -/
def jTrees (kind? : Option String) (commands : List Elaborated) : IO (List Json) := do
  match kind? with
  | none => return []
  | some kind =>
    if inFrom #["full", "tactics", "original", "substantive"] kind then jTreesOf kind commands else return []

end Stepwise
