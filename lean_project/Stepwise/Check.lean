import Lean
import Stepwise.State

/-!
When a proof is complete: the terms of its root goals are closed, free of `sorryAx` at any depth, and pass the kernel.
-/

open Lean Meta

namespace Stepwise

/-- Why a goal's term is no proof: an error class of the protocol and a sentence. -/
structure Defect where
  kind : String
  message : String

private def constantsOf (info : ConstantInfo) : List Name :=
  let inType := listFrom info.type.getUsedConstants
  match info.value? (allowOpaque := true) with
  | some v => appL (listFrom v.getUsedConstants) inType
  | none => inType

/-- Does a declaration of this file (not an imported one) that `names` reach rest on `sorryAx`, or is it an axiom that
was not there when the proof began? Returns what was visited and the first defect. -/
partial def restsOnSorry (env base : Environment) (names : List Name) (seen : NameSet) : NameSet × Option Defect :=
  match names with
  | [] => (seen, none)
  | n :: ns =>
    if seen.contains n || (env.getModuleIdxFor? n).isSome then restsOnSorry env base ns seen
    else
      let seen := seen.insert n
      match env.find? n with
      | none => restsOnSorry env base ns seen
      | some info =>
        let used := constantsOf info
        if anyL (· == ``sorryAx) used then
          (seen, some { kind := "sorry", message := s!"'{n.toString}' rests on sorry" })
        else if info.isAxiom && !base.contains n then
          (seen, some { kind := "axiom", message := s!"the tactic adds the axiom '{n.toString}'" })
        else restsOnSorry env base (appL used ns) seen

private def visibleFVars (lctx : LocalContext) : Array Expr :=
  arrOfL (mapL LocalDecl.toExpr (keepL (fun d => !d.isAuxDecl) (declsOf lctx)))

/-- The goal's term and type, closed over its context. -/
private def closed (g : MVarId) : MetaM (Expr × Expr) := do
  let decl ← g.getDecl
  let value ← instantiateMVars (.mvar g)
  let type ← instantiateMVars decl.type
  let fvars := visibleFVars decl.lctx
  let run : MetaM (Expr × Expr) := do
    let value ← mkLambdaFVars fvars value
    let type ← mkForallFVars fvars type
    return (← instantiateMVars value, ← instantiateMVars type)
  fun ctx => run { ctx with lctx := decl.lctx, localInstances := decl.localInstances }

private def kernelAccepts (env : Environment) (value type : Expr) (opts : Options) : MetaM (Option Defect) := do
  let params := collectLevelParams (collectLevelParams {} type) value
  let decl := Declaration.defnDecl {
    name := `_stepwise.checked, levelParams := listFrom params.params, type, value, hints := .opaque, safety := .safe }
  match env.addDeclCore 0 decl none with
  | .ok _ => return none
  | .error e => return some { kind := "kernel", message := ← (e.toMessageData opts).toString }

/-- Is the term of `g` a proof? `none` if so. -/
def defectOf (base : Environment) (g : MVarId) : MetaM (Option Defect) := do
  let (value, type) ← closed g
  if value.hasSorry || type.hasSorry then return some { kind := "sorry", message := "the proof contains sorry" }
  if value.hasMVar || type.hasMVar then
    return some { kind := "metavariables", message := "the proof contains metavariables that nothing determines" }
  if value.hasFVar then
    return some { kind := "recursion", message := "the proof refers to the theorem that it proves" }
  let env ← getEnv
  let used := appL (listFrom value.getUsedConstants) (listFrom type.getUsedConstants)
  match (restsOnSorry env base used {}).2 with
  | some d => return some d
  | none => kernelAccepts env value type (← getOptions)

/-- The first defect among the roots' terms. -/
def firstDefect (base : Environment) : List MVarId → MetaM (Option Defect)
  | [] => return none
  | g :: gs => do
    match ← defectOf base g with
    | some d => return some d
    | none => firstDefect base gs

end Stepwise
