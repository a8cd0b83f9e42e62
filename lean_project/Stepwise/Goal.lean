import Lean
import Stepwise.Key

/-!
Structured goals: what a policy reads, with Lean's own rendering made from the same pieces.

Printing terms is what a small step would spend most of its time on, so hypotheses that were printed for the state before,
or for the goal before, are taken over.
-/

open Lean Meta

namespace Stepwise

structure GoalView where
  pretty : String
  json : Fields
  mvars : Array MVarId
  context : ContextView
  target : Expr

def GoalView.parts (v : GoalView) : GoalParts :=
  let c := v.context
  { lctx := c.raw, insts := c.insts, hyps := mapL HypView.decl c.hyps, target := v.target
    big := isBig v.target || anyL HypView.big c.hyps }

private def headOf (e : Expr) : String :=
  match e.consumeMData.getAppFn.consumeMData with
  | .const n _ => n.toString
  | _ => ""

private def namesFrom (ns : Array Name) (i : Nat) : List Json :=
  if h : i < ns.size then .str (ns[i].toString) :: namesFrom ns (i + 1) else []

private def isInstance (insts : LocalInstances) (e : Expr) (i : Nat) : Bool :=
  if h : i < insts.size then insts[i].fvar == e || isInstance insts e (i + 1) else false

def known (e : Expr) : MetaM Expr := if e.hasMVar then instantiateMVars e else return e

private def instantiated (d : LocalDecl) : MetaM LocalDecl := do
  match d with
  | .cdecl i id n t bi k => if t.hasMVar then return .cdecl i id n (← instantiateMVars t) bi k else return d
  | .ldecl i id n t v nd k =>
    if t.hasMVar || v.hasMVar then return .ldecl i id n (← instantiateMVars t) (← instantiateMVars v) nd k else return d

private def isOneLine (s : String) : Bool := s.toFileMap.positions.size ≤ 2

private def viewHyp (raw : LocalContext) (insts : LocalInstances) (d : LocalDecl) : MetaM HypView := do
  let fmt ← ppExpr d.type
  let text := fmt.pretty
  let prop ← isProp d.type
  let name := d.userName.simpMacroScopes.toString
  let value ← match d.value? with
    | some v => pure (some (← ppExpr v))
    | none => pure none
  let writable := match raw.find? d.fvarId with
    | some original => original.userName == d.userName
    | none => false
  let fields : Fields := [("name", .str name), ("type", .str text), ("head", .str (headOf d.type)),
    ("prop", .bool prop), ("inst", .bool (isInstance insts d.toExpr 0)), ("acc", .bool writable)]
  let json := Json.mkObj (match value with
    | some f => ("value", .str f.pretty) :: fields
    | none => fields)
  return { decl := d, name, type := fmt, text, oneLine := isOneLine text, value, json,
           big := isBig d.type || (match d.value? with | some v => isBig v | none => false) }

private def sameValue (a b : LocalDecl) : Bool :=
  match a.value?, b.value? with
  | none, none => true
  | some x, some y => x == y
  | _, _ => false

private def findHyp (id : FVarId) : List HypView → Option (HypView × List HypView)
  | [] => none
  | v :: vs => if v.decl.fvarId == id then some (v, vs) else findHyp id vs

/-- Prints the hypotheses. Those in `old` (in context order) are taken over as long as no name has changed, since types
mention the names of what stands before them. -/
private def viewHyps (raw : LocalContext) (insts : LocalInstances) (old : List HypView) :
    List LocalDecl → MetaM (List HypView)
  | [] => return []
  | d :: ds => do
    match findHyp d.fvarId old with
    | some (v, rest) =>
      if v.decl.userName != d.userName then
        let v ← viewHyp raw insts d
        return v :: (← viewHyps raw insts [] ds)
      else if v.decl.type == d.type && sameValue v.decl d then
        return v :: (← viewHyps raw insts rest ds)
      else
        let v ← viewHyp raw insts d
        return v :: (← viewHyps raw insts rest ds)
    | none =>
      let v ← viewHyp raw insts d
      return v :: (← viewHyps raw insts old ds)

private def declClosed (d : LocalDecl) : Bool :=
  !d.type.hasMVar && match d with
    | .ldecl (value := v) .. => !v.hasMVar
    | _ => true

private unsafe def sameContextImpl (a b : LocalContext) : Bool := ptrAddrUnsafe a == ptrAddrUnsafe b

/-- Are these one object in memory? May say no to equal contexts. -/
@[implemented_by sameContextImpl]
private def sameContext (_ _ : LocalContext) : Bool := false

private def inContext (shown : LocalContext) (insts : LocalInstances) (x : MetaM α) : MetaM α :=
  fun ctx => x { ctx with lctx := shown, localInstances := insts }

private def printIn (c : ContextView) (e : Expr) : MetaM Format :=
  fun ctx => do
    let f ← ppExpr e { ctx with lctx := c.shown, localInstances := c.insts }
    return f

private def freshContext (old : List HypView) (lctx : LocalContext) (insts : LocalInstances) : MetaM ContextView := do
  let opts ← getOptions
  let shown := (lctx.sanitizeNames.run { options := opts }).1
  let decls ← mapMeta instantiated (keepL (fun d => !d.isImplementationDetail) (declsOf shown))
  let hyps ← inContext shown insts (viewHyps lctx insts old decls)
  return { raw := lctx, shown, insts, hyps, closed := allL declClosed decls }

/-- The context of a goal, from that of a related goal where they agree. -/
def viewContext (old? : Option ContextView) (lctx : LocalContext) (insts : LocalInstances) : MetaM ContextView :=
  match old? with
  | some old => if old.closed && sameContext old.raw lctx then return old else freshContext old.hyps lctx insts
  | none => freshContext [] lctx insts

/-! Lean's rendering (`ppGoal`) out of printed pieces: line by line, since each hypothesis begins a line. -/

private def width : Nat := 120

private def oneLineOr (line : String) (simple : Bool) (full : Unit → Format) : String :=
  if simple && line.length ≤ width then line else (full ()).pretty

private def varsLine (names : String) (v : HypView) : String :=
  oneLineOr (names ++ " : " ++ v.text) v.oneLine fun _ =>
    (String.toFormat (names ++ " :") ++ Format.nest 2 (Format.line ++ v.type)).group

private def letLine (v : HypView) (value : Format) : String :=
  ((String.toFormat (v.name ++ " : ") ++ v.type).append (String.toFormat " :=")
    ++ Format.nest 2 (Format.line ++ value)).group.pretty

/-- The lines of the hypotheses. Names of one type stand together; `names` are those of `last` so far. -/
private def hypLines (names : String) (last : HypView) : List HypView → String
  | [] => varsLine names last ++ "\n"
  | v :: vs =>
    match v.value with
    | some value => varsLine names last ++ "\n" ++ letLine v value ++ "\n" ++ start vs
    | none =>
      if v.decl.type == last.decl.type then hypLines (names ++ " " ++ v.name) v vs
      else varsLine names last ++ "\n" ++ hypLines v.name v vs
where
  start : List HypView → String
    | [] => ""
    | v :: vs =>
      match v.value with
      | some value => letLine v value ++ "\n" ++ start vs
      | none => hypLines v.name v vs

private def render (tag : String) (hyps : List HypView) (target : Format) (text : String) : String :=
  let goal := oneLineOr ("⊢ " ++ text) (isOneLine text) fun _ => String.toFormat "⊢ " ++ Format.nest 2 target
  let body := hypLines.start hyps ++ goal
  if tag == "" then body else "case " ++ tag ++ "\n" ++ body

private def mvarsOf (e : Expr) (acc : Array MVarId) : MetaM (Array MVarId) := do
  if e.hasExprMVar then return appA acc (← getMVars e) else return acc

private def mvarsOfHyps : List HypView → Array MVarId → MetaM (Array MVarId)
  | [], acc => return acc
  | v :: vs, acc => do
    let acc ← mvarsOf v.decl.type acc
    let acc ← match v.decl.value? with
      | some value => mvarsOf value acc
      | none => pure acc
    mvarsOfHyps vs acc

def viewGoal (old? : Option ContextView) (g : MVarId) : MetaM GoalView := do
  let decl ← g.getDecl
  let context ← viewContext old? decl.lctx decl.localInstances
  let target ← known decl.type
  let mvars ← mvarsOf target #[]
  let mvars ← if context.closed then pure mvars else mvarsOfHyps context.hyps mvars
  let fmt ← printIn context target
  let text := fmt.pretty
  let tag := if decl.userName.isAnonymous then "" else decl.userName.eraseMacroScopes.toString
  let pretty := render tag context.hyps fmt text
  let json : Fields := [("tag", .str tag), ("pretty", .str pretty), ("target", .str text), ("head", .str (headOf target)),
    ("constants", jArr (namesFrom target.getUsedConstants 0)), ("hyps", jArr (mapL HypView.json context.hyps))]
  return { pretty, json, mvars, context, target }

end Stepwise
