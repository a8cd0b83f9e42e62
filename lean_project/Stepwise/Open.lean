import Lean.Elab.Frontend
import Stepwise.Answer
import Stepwise.Trees

/-! Opening proofs: a place in an info tree becomes a proof state. -/

open Lean Elab Meta

namespace Stepwise

private def paramsOfDecls (s : CollectLevelParams.State) (ds : List LocalDecl) : CollectLevelParams.State :=
  foldL (fun s (d : LocalDecl) => collectLevelParams s d.type) s ds

/-- The universe names that the goals' contexts and targets mention: those a tactic may write. -/
private def levelNames (mctx : MetavarContext) : List MVarId → CollectLevelParams.State → List Name
  | [], s => listFrom s.params
  | g :: gs, s =>
    match mctx.findDecl? g with
    | some d => levelNames mctx gs (paramsOfDecls (collectLevelParams s d.type) (declsOf d.lctx))
    | none => levelNames mctx gs s

/-- How deep in its recursion Lean is when a file's tactic begins, counted from where a step begins here. -/
private def fileDepth : Nat := 2

private def allKnown (env : Environment) (e : Expr) : Bool :=
  allL (fun n => env.contains n) (listFrom e.getUsedConstants)

private def knownIn (env : Environment) (mctx : MetavarContext) : List MVarId → Bool
  | [] => true
  | g :: gs =>
    match mctx.findDecl? g with
    | some d => allKnown env d.type && allL (fun (h : LocalDecl) => allKnown env h.type) (declsOf d.lctx)
        && knownIn env mctx gs
    | none => false

/-- The environment that a proof starts in: that before its declaration, where the goals need nothing newer. So a library
search meets lemmas, and not the theorem itself, which the `sorry` has just put into the environment. -/
private def baseEnv (s : SorryAt) (mctx : MetavarContext) (goals : List MVarId) : Environment :=
  if knownIn s.before mctx goals then s.before else s.ctx.env

def ofContext (s : SorryAt) (mctx : MetavarContext) (goals : List MVarId) : ProofState :=
  let ctx := s.ctx
  let env := baseEnv s mctx goals
  { coreCtx := { fileName := "<tactic>", fileMap := default, options := ctx.options,
                 currNamespace := ctx.currNamespace, openDecls := ctx.openDecls
                 currRecDepth := fileDepth, maxRecDepth := maxRecDepth.get ctx.options }
    core := { env, ngen := ctx.ngen
              auxDeclNGen := { namePrefix := ctx.parentDecl?.getD .anonymous } }
    termCtx := { declName? := ctx.parentDecl?, isNoncomputableSection := true }
    term := { levelNames := levelNames mctx goals {} }
    mctx, base := env, roots := goals, goals, source? := s.source? }

/-- The proof state of a `sorry`: the goal that it closes, which is the first one of a tactic's. A term `sorry` becomes a
goal of its expected type, or of the type that it was given. -/
def stateOfSorry (s : SorryAt) : IO ProofState := do
  match s.kind with
  | .tactic info =>
    match info.goalsBefore with
    | g :: _ => return ofContext s info.mctxBefore [g]
    | [] => return ofContext s info.mctxBefore []
  | .term info =>
    let ps := ofContext s s.ctx.mctx []
    let make : MetaM (MVarId × MetavarContext) := do
      let type ← match info.expectedType? with
        | some type => instantiateMVars type
        | none => instantiateMVars (← inferType info.expr)
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

private def sorryText (srv : Server) (fileMap : FileMap) (s : SorryAt) (ps : ProofState) : IO String := do
  let (id, view) ← openState srv ps
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

/-- The `sorry`s, each opened; those that stand where no goal is left are passed over. `isAside`: they are a step's. -/
def sorryTexts (srv : Server) (fileMap : FileMap) (isAside : Bool) : List SorryAt → IO (List String)
  | [] => return []
  | s :: ss => do
    let ps ← stateOfSorry s
    if lenL ps.goals == 0 then sorryTexts srv fileMap isAside ss
    else
      let origin := (← srv.states.get).nextId
      let text ← sorryText srv fileMap s { ps with origin, isAside }
      return text :: (← sorryTexts srv fileMap isAside ss)

end Stepwise
