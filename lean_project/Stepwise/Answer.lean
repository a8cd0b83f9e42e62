import Lean.Elab.Frontend
import Stepwise.Goal
import Stepwise.Tactic

/-! Proof states and reports as JSON. -/

open Lean Meta

namespace Stepwise

def jPos (p : Position) : Json := Json.mkObj [("line", jNat p.line), ("column", jNat p.column)]

private def severityName : MessageSeverity → String
  | .information => "info"
  | .warning => "warning"
  | .error => "error"

def jMessage (m : Message) : IO Json := do
  let data ← m.data.toString
  let endPos := match m.endPos with
    | some p => jPos p
    | none => .null
  return Json.mkObj [("severity", .str (severityName m.severity)), ("pos", jPos m.pos), ("endPos", endPos),
    ("data", .str data.trimAscii.toString)]

def jRange (fileMap : FileMap) (stx : Syntax) : Fields :=
  match stx.getPos?, stx.getTailPos? with
  | some a, some b => [("pos", jPos (fileMap.toPosition a)), ("endPos", jPos (fileMap.toPosition b))]
  | _, _ => []

/-- A whole state, ready to be sent. `texts` are its goals as JSON. -/
structure StateView where
  goals : List GoalView
  texts : List String
  key : String
  /-- As JSON. -/
  groups : String

private def pushNew (acc : Array MVarId) (ms : Array MVarId) (i : Nat) : Array MVarId :=
  if h : i < ms.size then pushNew (if inFrom acc ms[i] then acc else acc.push ms[i]) ms (i + 1) else acc

private def shares (a b : Array MVarId) (i : Nat) : Bool :=
  if h : i < a.size then inFrom b a[i] || shares a b (i + 1) else false

/-- Adds goal `i` with its metavariables to the groups, joining those it shares any with. -/
private def join (i : Nat) (ms : Array MVarId) (groups : List (List Nat × Array MVarId)) :
    List (List Nat × Array MVarId) :=
  let touching := keepL (fun g => shares ms g.2 0) groups
  let apart := keepL (fun g => !shares ms g.2 0) groups
  appL apart [foldL (fun acc g => (appL g.1 acc.1, pushNew acc.2 g.2 0)) ([i], ms) (revL touching)]

/-- In ascending order. -/
private def insertNat (n : Nat) : List Nat → List Nat
  | [] => [n]
  | m :: ms => if n ≤ m then n :: m :: ms else m :: insertNat n ms

private def grouped (i : Nat) : List (MVarId × GoalView) → List (List Nat × Array MVarId) → List (List Nat)
  | [], groups => mapL (fun g => foldL (fun acc n => insertNat n acc) [] g.1) groups
  | (g, v) :: rest, groups => grouped (i + 1) rest (join i (pushNew #[g] v.mvars 0) groups)

private def groupText (g : List Nat) : String := listText (mapL Nat.repr g)

private def singletonsFrom (i : Nat) : List GoalView → List String
  | [] => []
  | _ :: vs => ("[" ++ i.repr ++ "]") :: singletonsFrom (i + 1) vs

/-- Each goal in a group of its own. -/
private def singletons : List GoalView → String
  | [_] => "[[0]]"
  | [_, _] => "[[0],[1]]"
  | vs => listText (singletonsFrom 0 vs)

private def zipL : List α → List β → List (α × β)
  | a :: as, b :: bs => (a, b) :: zipL as bs
  | _, _ => []

private def mvarExprs (ms : Array MVarId) (i : Nat) (acc : Array Expr) : Array Expr :=
  if h : i < ms.size then mvarExprs ms (i + 1) (acc.push (.mvar ms[i])) else acc

private def partsOfMVar (m : MVarId) : MetaM GoalParts := do
  let decl ← m.getDecl
  let hyps := keepL (fun d => !d.isImplementationDetail) (declsOf decl.lctx)
  let target ← known decl.type
  return { lctx := decl.lctx, insts := decl.localInstances, target, hyps
           big := isBig target || anyL (fun (d : LocalDecl) => isBig d.type) hyps }

/-- Adds the context and type of each metavariable that the goals mention. -/
private def addMVars (ms : List MVarId) (all : Array Expr) (w : Written) : MetaM Written :=
  match ms with
  | [] => return w
  | m :: ms => do addMVars ms all (w.add all (← partsOfMVar m))

private def written (vs : List GoalView) (mvars : Array MVarId) : MetaM Written := do
  let all := mvarExprs mvars 0 #[]
  addMVars (listFrom mvars) all (foldL (fun w (v : GoalView) => w.add all v.parts) {} vs)

private def keyOf (goals : List MVarId) (vs : List GoalView) (mvars : Array MVarId) : MetaM String := do
  let w ← written vs mvars
  return w.key (if w.big then uniqueKey goals vs else "")

private def goalKeys : List (MVarId × GoalView) → MetaM (List String)
  | [] => return []
  | (g, v) :: rest => do
    let key ← match v.key with
      | some key => pure key
      | none => keyOf [g] [v] v.mvars
    return key :: (← goalKeys rest)

/-- The key of goals that share no metavariable, from their own. Few stand side by side as they are. -/
private def joinKeys (keys : List String) : String :=
  let text := joinL "," keys
  if lenL keys ≤ 3 then text else nameOf (hash text) (foldL (fun sum key => mixHash sum (hash key)) 7 keys)

private def viewGoals (p : Printed) (old? : Option ContextView) : List MVarId → MetaM (List GoalView)
  | [] => return []
  | g :: gs => do
    let v ← viewGoal p old? g
    return v :: (← viewGoals p (some v.context) gs)

private def withKeys : List GoalView → List String → List String
  | v :: vs, key :: keys => (if v.key.isSome then v.json else GoalView.jsonOf key v.fields) :: withKeys vs keys
  | _, _ => []

/-- Views the goals. What was printed lately, or for `old?`, is taken over. -/
def viewState (p : Printed) (old? : Option ContextView) (goals : List MVarId) : MetaM StateView := do
  let views ← viewGoals p old? goals
  let keys ← goalKeys (zipL goals views)
  let texts := withKeys views keys
  let mvars := foldL (fun acc (v : GoalView) => pushNew acc v.mvars 0) #[] views
  if mvars.size == 0 then
    return { goals := views, texts, key := joinKeys keys, groups := singletons views }
  else
    let groups := listText (mapL groupText (grouped 0 (zipL goals views) []))
    return { goals := views, texts, key := ← keyOf goals views mvars, groups }

def StateView.fields (v : StateView) : FieldsText :=
  "\"key\":" ++ quoted v.key ++ ",\"goals\":" ++ listText v.texts ++ ",\"groups\":" ++ v.groups

def StateView.pretty (v : StateView) : List String := mapL GoalView.pretty v.goals

private def costs (r : Report) : String :=
  let suggestions := match r.suggested with
    | [] => ""
    | texts => listField "suggestions" (mapL quoted texts)
  suggestions ++ ",\"ms\":" ++ milliText r.micros ++ ",\"heartbeats\":" ++ milliText r.heartbeats ++ "}"

private def textField (r : Report) : String :=
  match r.text with
  | some t => ",\"text\":" ++ quoted t
  | none => ""

def printState (srv : Server) (ps : ProofState) : IO StateView :=
  ps.runMeta (viewState { srv.printed with origin := ps.origin } ps.printed ps.goals)

/-- Prints a state and keeps it. -/
def openState (srv : Server) (ps : ProofState) : IO (Nat × StateView) := do
  let view ← printState srv ps
  let printed := match view.goals with
    | v :: _ => some v.context
    | [] => ps.printed
  return (← srv.addState { ps with printed }, view)

/-- The answer to one tactic of a batch. Its time includes that of printing the state it leaves. -/
def reportText (srv : Server) (r : Report) : IO String := do
  match r.verdict with
  | .proved => return "{\"proved\":true" ++ textField r ++ costs r
  | .refused kind message =>
    return "{\"error\":" ++ quoted kind ++ ",\"message\":" ++ quoted message ++ costs r
  | .limit kind => return "{\"limit\":" ++ quoted kind ++ costs r
  | .advanced ps =>
    let began ← IO.monoNanosNow
    let (id, view) ← openState srv ps
    let fields := view.fields
    let ended ← IO.monoNanosNow
    let r := { r with micros := r.micros + (ended - began) / 1000 }
    return "{\"proofState\":" ++ id.repr ++ "," ++ fields ++ textField r ++ costs r

end Stepwise
