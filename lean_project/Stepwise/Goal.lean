import Lean.PrettyPrinter
import Lean.Elab.Frontend
import Stepwise.Key

/-!
Structured goals: what a policy reads, with Lean's own rendering made from the same pieces.

Goals and contexts that were printed lately are taken over, whatever state they belong to, and of a context that is new the
hypotheses that stood in the state or the goal before.
-/

open Lean Meta

namespace Stepwise

def GoalView.parts (v : GoalView) : GoalParts :=
  let c := v.context
  { lctx := c.raw, insts := c.insts, hyps := mapL HypView.decl c.hyps, target := v.target
    big := isBig v.target || anyL HypView.big c.hyps }

private def headOf (e : Expr) : String :=
  match e.consumeMData.getAppFn.consumeMData with
  | .const n _ => n.toString
  | _ => ""

private def namesFrom (ns : Array Name) (i : Nat) : List String :=
  if h : i < ns.size then quoted ns[i].toString :: namesFrom ns (i + 1) else []

private def isInstance (insts : LocalInstances) (e : Expr) (i : Nat) : Bool :=
  if h : i < insts.size then insts[i].fvar == e || isInstance insts e (i + 1) else false

def known (e : Expr) : MetaM Expr := if e.hasMVar then instantiateMVars e else return e

private def instantiated (d : LocalDecl) : MetaM LocalDecl := do
  match d with
  | .cdecl i id n t bi k => if t.hasMVar then return .cdecl i id n (← instantiateMVars t) bi k else return d
  | .ldecl i id n t v nd k =>
    if t.hasMVar || v.hasMVar then return .ldecl i id n (← instantiateMVars t) (← instantiateMVars v) nd k else return d

private def isOneLine (s : String) : Bool := s.toFileMap.positions.size ≤ 2

private def flag (key : String) (b : Bool) : String := if b then key ++ "true" else key ++ "false"

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
  let shownValue := match value with
    | some f => ",\"value\":" ++ quoted f.pretty
    | none => ""
  let json := "{\"name\":" ++ quoted name ++ ",\"type\":" ++ quoted text ++ shownValue ++ ",\"head\":"
    ++ quoted (headOf d.type) ++ flag ",\"prop\":" prop ++ flag ",\"inst\":" (isInstance insts d.toExpr 0)
    ++ flag ",\"acc\":" writable ++ "}"
  return { decl := d, name, type := fmt, text, oneLine := isOneLine text, value, json,
           big := isBig d.type || (match d.value? with | some v => isBig v | none => false) }

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

private def inContext (shown : LocalContext) (insts : LocalInstances) (x : MetaM α) : MetaM α :=
  fun ctx => x { ctx with lctx := shown, localInstances := insts }

private def printIn (c : ContextView) (e : Expr) : MetaM Format :=
  fun ctx => do
    let f ← ppExpr e { ctx with lctx := c.shown, localInstances := c.insts }
    return f

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

private def goalLine (target : Format) (text : String) : String :=
  oneLineOr ("⊢ " ++ text) (isOneLine text) fun _ => String.toFormat "⊢ " ++ Format.nest 2 target

private def freshContext (origin : Nat) (old : List HypView) (lctx : LocalContext) (insts : LocalInstances) :
    MetaM ContextView := do
  let opts ← getOptions
  let shown := (lctx.sanitizeNames.run { options := opts }).1
  let decls ← mapMeta instantiated (keepL (fun d => !d.isImplementationDetail) (declsOf shown))
  let hyps ← inContext shown insts (viewHyps lctx insts old decls)
  return { origin, raw := lctx, shown, insts, decls := declsOf lctx, hyps, closed := allL declClosed decls
           lines := hypLines.start hyps, json := listText (mapL HypView.json hyps) }

/-- Where a context is kept: contexts that end in the same hypothesis are mostly the same. -/
private def placeOf (lctx : LocalContext) : UInt64 :=
  match lctx.lastDecl with
  | some d => d.fvarId.name.hash
  | none => 7

private def isContext (v : ContextView) (p : Printed) (lctx : LocalContext) (insts : LocalInstances) : Bool :=
  v.origin == p.origin &&
    (sameContext v.raw lctx || (sameInsts v.insts insts && sameDecls v.decls (declsOf lctx)))

/-- A goal's context: one that was printed lately, if it is among them, else printed anew but for the hypotheses of
`old?`, that of a related goal. -/
private def viewContext (p : Printed) (old? : Option ContextView) (place : UInt64) (lctx : LocalContext)
    (insts : LocalInstances) : MetaM ContextView := do
  match ← p.context? place with
  | some v => if isContext v p lctx insts then return v else fresh
  | none => fresh
where
  fresh : MetaM ContextView := do
    let old := match old? with
      | some old => old.hyps
      | none => []
    let v ← freshContext p.origin old lctx insts
    if v.closed then p.addContext place v
    return v

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

private def tagText (tag : Name) : String := if tag.isAnonymous then "" else tag.eraseMacroScopes.toString

def GoalView.jsonOf (key : String) (fields : FieldsText) : String :=
  "{\"key\":" ++ quoted key ++ "," ++ fields ++ "}"

/-- The goal under another tag. -/
private def GoalView.withTag (v : GoalView) (tag : Name) : GoalView :=
  let name := tagText tag
  let pretty := if name == "" then v.body else "case " ++ name ++ "\n" ++ v.body
  let fields := "\"tag\":" ++ quoted name ++ ",\"pretty\":" ++ quoted pretty ++ v.rest
  let json := match v.key with
    | some key => GoalView.jsonOf key fields
    | none => ""
  { v with tag, pretty, fields, json }

/-- For goals that can't be written out: their text and Lean's internal names for them. -/
def uniqueKey (goals : List MVarId) (vs : List GoalView) : String :=
  let names := joinL " " (mapL (fun (g : MVarId) => g.name.toString) goals)
  toString (hash (joinL "\n" (names :: mapL GoalView.body vs)))

private def ownKey (g : MVarId) (v : GoalView) : String :=
  let w := ({} : Written).add #[] v.parts
  w.key (if w.big then uniqueKey [g] [v] else "")

private def printGoal (p : Printed) (place : UInt64) (context : ContextView) (target : Expr) (g : MVarId) (tag : Name) :
    MetaM GoalView := do
  let mvars ← mvarsOf target #[]
  let mvars ← if context.closed then pure mvars else mvarsOfHyps context.hyps mvars
  let fmt ← printIn context target
  let text := fmt.pretty
  let rest := ",\"target\":" ++ quoted text ++ ",\"head\":" ++ quoted (headOf target) ++ ",\"constants\":"
    ++ listText (namesFrom target.getUsedConstants 0) ++ ",\"hyps\":" ++ context.json
  let v : GoalView := { context, target, tag, mvars, key := none, pretty := "", body := context.lines ++ goalLine fmt text,
                        rest, fields := "", json := "" }
  if context.closed && !target.hasMVar then
    let v := { v with key := some (ownKey g v) }.withTag tag
    p.addGoal place v
    return v
  else return v.withTag tag

/-- Prints a goal, unless it was printed lately. `old?` is the context of a related goal. -/
def viewGoal (p : Printed) (old? : Option ContextView) (g : MVarId) : MetaM GoalView := do
  let decl ← g.getDecl
  let target ← known decl.type
  let contextPlace := placeOf decl.lctx
  let place := mixHash target.hash contextPlace
  match ← p.goal? place with
  | some v =>
    if v.target == target && isContext v.context p decl.lctx decl.localInstances then
      return if v.tag == decl.userName then v else v.withTag decl.userName
    else
      let context ← viewContext p old? contextPlace decl.lctx decl.localInstances
      printGoal p place context target g decl.userName
  | none =>
    let context ← viewContext p old? contextPlace decl.lctx decl.localInstances
    printGoal p place context target g decl.userName

end Stepwise
