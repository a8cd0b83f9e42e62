import Lean.Elab.Frontend
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

/-- The constants that a declaration's type and value mention. -/
def constantsOf (info : ConstantInfo) : List Name :=
  let inType := listFrom info.type.getUsedConstants
  match info.value? (allowOpaque := true) with
  | some v => appL (listFrom v.getUsedConstants) inType
  | none => inType

/-- What a term rests on beside the library: the constants that were made since the proof began, each after those it
mentions. -/
structure Reached where
  seen : NameSet := {}
  fresh : List ConstantInfo := []
  defect : Option Defect := none

/-- Axioms that stand for running compiled code. -/
private def trusts (n : Name) : Bool := n == ``Lean.ofReduceBool || n == ``Lean.ofReduceNat || n == ``Lean.trustCompiler

/-- Follows the constants of a term through everything that is not imported, and stops at `sorryAx` and new axioms. -/
partial def reach (env base : Environment) : List Name → Reached → Reached
  | [], r => r
  | n :: ns, r =>
    if r.defect.isSome then r
    else if r.seen.contains n then reach env base ns r
    else
      let r := { r with seen := r.seen.insert n }
      if n == ``sorryAx then { r with defect := some { kind := "sorry", message := "the proof rests on sorry" } }
      else if trusts n then
        { r with defect := some { kind := "axiom", message := s!"the proof rests on the axiom '{n.toString}'" } }
      else if (env.getModuleIdxFor? n).isSome then reach env base ns r
      else
        match env.find? n with
        | none => reach env base ns r
        | some info =>
          let r := match (reach env base (constantsOf info) r) with
            | r@{ defect := some { kind := "sorry", .. }, .. } =>
              { r with defect := some { kind := "sorry", message := s!"'{n.toString}' rests on sorry" } }
            | r => r
          if base.contains n then reach env base ns r
          else if info.isAxiom then
            { r with defect := some { kind := "axiom", message := s!"the tactic adds the axiom '{n.toString}'" } }
          else reach env base ns { r with fresh := info :: r.fresh }

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

/-- The declaration that added `info`, where a tactic may have added it without the kernel's looking. -/
private def declarationOf (info : ConstantInfo) : Option Declaration :=
  match info with
  | .thmInfo v => some (.thmDecl v)
  | .defnInfo v => some (.defnDecl v)
  | .opaqueInfo v => some (.opaqueDecl v)
  | _ => none

private def kernelDefect (e : Kernel.Exception) : MetaM Defect := do
  match e with
  | .deterministicTimeout => return { kind := "heartbeats", message := "" }
  | .deepRecursion => return { kind := "recursion depth", message := "" }
  | .interrupted => return { kind := "interrupted", message := "" }
  | _ => return { kind := "kernel", message := ← (e.toMessageData (← getOptions)).toString }

private def addTo (env : Environment) (decl : Declaration) : MetaM (Except Kernel.Exception Environment) := do
  let ctx ← readThe Core.Context
  return env.addDeclCore ctx.maxHeartbeats.toUSize decl ctx.cancelTk?

/-- The kernel's word on `infos` in this order, none of them believed. -/
def recheck (env : Environment) : List ConstantInfo → MetaM (Except Defect Environment)
  | [] => return .ok env
  | info :: rest => do
    match declarationOf info with
    | none => return .error { kind := "kernel", message := s!"the tactic adds '{info.name.toString}'" }
    | some decl =>
      match ← addTo env decl with
      | .ok env => recheck env rest
      | .error e => return .error (← kernelDefect e)

private def kernelAccepts (base : Environment) (fresh : List ConstantInfo) (value type : Expr) :
    MetaM (Option Defect) := do
  match ← recheck base (revL fresh) with
  | .error d => return some d
  | .ok env =>
    let params := listFrom (collectLevelParams (collectLevelParams {} type) value).params
    let decl := Declaration.defnDecl {
      name := `_stepwise.checked, levelParams := params, type, value, hints := .opaque, safety := .safe }
    match ← addTo env decl with
    | .ok _ => return none
    | .error e => return some (← kernelDefect e)

/-- Is the term of `g` a proof? `none` if so. The kernel checks it again together with every lemma that its tactics made
on the way, in the environment that the proof began in. -/
def defectOf (base : Environment) (g : MVarId) : MetaM (Option Defect) := do
  let (value, type) ← closed g
  if value.hasSorry || type.hasSorry then return some { kind := "sorry", message := "the proof contains sorry" }
  if value.hasMVar || type.hasMVar then
    return some { kind := "metavariables", message := "the proof contains metavariables that nothing determines" }
  if value.hasFVar then
    return some { kind := "recursion", message := "the proof refers to the theorem that it proves" }
  let used := appL (listFrom value.getUsedConstants) (listFrom type.getUsedConstants)
  let reached := reach (← getEnv) base used {}
  match reached.defect with
  | some d => return some d
  | none => kernelAccepts base reached.fresh value type

/-- The first defect among the roots' terms. -/
def firstDefect (base : Environment) : List MVarId → MetaM (Option Defect)
  | [] => return none
  | g :: gs => do
    match ← defectOf base g with
    | some d => return some d
    | none => firstDefect base gs

end Stepwise
