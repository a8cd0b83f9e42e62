import Lean
import Stepwise.Key

/-! Structured goals: what a policy reads, with Lean's own rendering made from the same pieces. -/

open Lean Meta

namespace Stepwise

/-- A hypothesis with its type printed, in context order. -/
structure HypView where
  name : String
  type : Format
  value : Option Format
  json : Json

structure GoalView where
  pretty : String
  json : Fields
  mvars : Array MVarId
  parts : GoalParts

private def headOf (e : Expr) : String :=
  match e.consumeMData.getAppFn.consumeMData with
  | .const n _ => n.toString
  | _ => ""

/-- Adds the names of `ns` that are not in `acc` yet. -/
private def namesFrom (ns : Array Name) (i : Nat) : List Json :=
  if h : i < ns.size then .str (ns[i].toString) :: namesFrom ns (i + 1) else []

/-- Names as Lean shows them: shadowed and hygienic ones carry a dagger. -/
private def sanitized (lctx : LocalContext) : CoreM LocalContext := do
  let opts ← getOptions
  return (lctx.sanitizeNames.run { options := opts }).1

private def isInstance (insts : LocalInstances) (id : FVarId) (i : Nat) : Bool :=
  if h : i < insts.size then
    (match insts[i].fvar with
      | .fvar id' => id' == id
      | _ => false) || isInstance insts id (i + 1)
  else false

private def viewHyp (insts : LocalInstances) (d : LocalDecl) (type : Expr) (typeFmt : Format)
    (value? : Option Expr) : MetaM HypView := do
  let name := d.userName.simpMacroScopes.toString
  let prop ← isProp type
  let valueFmt ← match value? with
    | some v => pure (some (← ppExpr v))
    | none => pure none
  let valueField : Fields := match valueFmt with
    | some f => [("value", .str f.pretty)]
    | none => []
  let fields : Fields := [("name", .str name), ("type", .str typeFmt.pretty), ("head", .str (headOf type)),
    ("prop", .bool prop), ("inst", .bool (isInstance insts d.fvarId 0)), ("acc", .bool (!name.any (· == '✝')))]
  return { name, type := typeFmt, value := valueFmt, json := Json.mkObj (appL fields valueField) }

/-- Views of the hypotheses; a type equal to the one before it is printed once. -/
private def viewHyps (insts : LocalInstances) (before? : Option (Expr × Format)) : List LocalDecl → MetaM (List HypView)
  | [] => return []
  | d :: ds => do
    let type := d.type
    let fmt ← match before? with
      | some (t, f) => if t == type then pure f else ppExpr type
      | none => ppExpr type
    let view ← viewHyp insts d type fmt d.value?
    return view :: (← viewHyps insts (some (type, fmt)) ds)

/-- A line of the rendering: names that share a type, in reverse. -/
private structure Pending where
  names : List String := []
  type : Expr := default
  fmt : Format := .nil

private def Pending.flush (p : Pending) (acc : Format) : Format :=
  match p.names with
  | [] => acc
  | ns =>
    let names := String.toFormat (joinL " " (revL ns))
    let item := (names ++ String.toFormat " :" ++ Format.nest 2 (Format.line ++ p.fmt)).group
    (if acc.isEmpty then acc else acc ++ Format.line) ++ item

/-- Lean's own rendering of a goal (`ppGoal`) from parts that are printed already. -/
private def renderHyps : List LocalDecl → List HypView → Pending → Format → Format
  | d :: ds, v :: vs, p, acc =>
    match v.value with
    | none =>
      if lenL p.names == 0 || p.type == d.type then
        renderHyps ds vs { names := v.name :: p.names, type := d.type, fmt := v.type } acc
      else renderHyps ds vs { names := [v.name], type := d.type, fmt := v.type } (p.flush acc)
    | some value =>
      let acc := p.flush acc
      let item := (String.toFormat v.name ++ String.toFormat " : " ++ v.type ++ String.toFormat " :="
        ++ Format.nest 2 (Format.line ++ value)).group
      renderHyps ds vs {} ((if acc.isEmpty then acc else acc ++ Format.line) ++ item)
  | _, _, p, acc => p.flush acc

private def render (tag : Name) (hyps : List LocalDecl) (views : List HypView) (target : Format) : String :=
  let body := renderHyps hyps views {} .nil
  let body := if body.isEmpty then body else body ++ Format.line
  let body := body ++ String.toFormat "⊢ " ++ Format.nest 2 target
  let body := if tag.isAnonymous then body
    else String.toFormat "case " ++ String.toFormat (tag.eraseMacroScopes.toString) ++ Format.line ++ body
  body.pretty

private def visible (d : LocalDecl) : Bool := !d.isImplementationDetail

private def instantiated (d : LocalDecl) : MetaM LocalDecl := do
  match d with
  | .cdecl i id n t bi k => return .cdecl i id n (← instantiateMVars t) bi k
  | .ldecl i id n t v nd k => return .ldecl i id n (← instantiateMVars t) (← instantiateMVars v) nd k


private def mvarsOf (e : Expr) (acc : Array MVarId) : MetaM (Array MVarId) := do
  if e.hasExprMVar then return appA acc (← getMVars e) else return acc

private def mvarsOfDecls : List LocalDecl → Array MVarId → MetaM (Array MVarId)
  | [], acc => return acc
  | d :: ds, acc => do
    let acc ← mvarsOf d.type acc
    let acc ← match d with
      | .ldecl (value := v) .. => mvarsOf v acc
      | _ => pure acc
    mvarsOfDecls ds acc

/-- The goal as it stands: hypotheses and target with everything known filled in. -/
def partsOf (g : MVarId) : MetaM GoalParts := do
  let decl ← g.getDecl
  let target ← instantiateMVars decl.type
  let lctx ← sanitized decl.lctx
  let hyps ← mapMeta instantiated (keepL visible (declsOf lctx))
  return { decl, lctx := decl.lctx, hyps, target }

/-- Runs `x` with the goal's hypotheses in scope, under the names they are shown with. -/
private def inGoal (g : GoalParts) (x : MetaM α) : MetaM α := do
  let lctx ← sanitized g.lctx
  fun ctx => x { ctx with lctx, localInstances := g.decl.localInstances }

def viewGoal (g : MVarId) : MetaM GoalView := do
  let parts ← partsOf g
  let mvars ← mvarsOfDecls parts.hyps (← mvarsOf parts.target #[])
  inGoal parts do
    let views ← viewHyps parts.decl.localInstances none parts.hyps
    let target ← ppExpr parts.target
    let tag := parts.decl.userName
    let pretty := render tag parts.hyps views target
    let json : Fields := [("tag", .str (if tag.isAnonymous then "" else tag.eraseMacroScopes.toString)), ("pretty", .str pretty),
      ("target", .str target.pretty), ("head", .str (headOf parts.target)),
      ("constants", jArr (namesFrom parts.target.getUsedConstants 0)),
      ("hyps", jArr (mapL HypView.json views))]
    return { pretty, json, mvars, parts }

end Stepwise
