import Lean
import Stepwise.Goal
import Stepwise.Tactic

/-! Proof states and reports as JSON. -/

open Lean Meta

namespace Stepwise

private def jPos (p : Position) : Json := Json.mkObj [("line", jNat p.line), ("column", jNat p.column)]

private def severityName : MessageSeverity → String
  | .information => "info"
  | .warning => "warning"
  | .error => "error"

def jMessage (m : Message) : IO Json := do
  let data ← m.data.toString
  let endPos : Fields := match m.endPos with
    | some p => [("endPos", jPos p)]
    | none => []
  return Json.mkObj (appL [("severity", .str (severityName m.severity)), ("pos", jPos m.pos),
    ("data", .str data.trimAscii.toString)] endPos)

def jRange (fileMap : FileMap) (stx : Syntax) : Fields :=
  match stx.getPos?, stx.getTailPos? with
  | some a, some b => [("pos", jPos (fileMap.toPosition a)), ("endPos", jPos (fileMap.toPosition b))]
  | _, _ => []

/-- A whole state, ready to be sent. -/
structure StateView where
  goals : List GoalView
  key : String
  groups : List (List Nat)

private def pushNew (acc : Array MVarId) (ms : Array MVarId) (i : Nat) : Array MVarId :=
  if h : i < ms.size then pushNew (if inFrom acc ms[i] then acc else acc.push ms[i]) ms (i + 1) else acc

private def allMVars (vs : List GoalView) : Array MVarId := foldL (fun acc v => pushNew acc v.mvars 0) #[] vs

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

private def zipL : List α → List β → List (α × β)
  | a :: as, b :: bs => (a, b) :: zipL as bs
  | _, _ => []

private def mvarExprs (ms : Array MVarId) (i : Nat) (acc : Array Expr) : Array Expr :=
  if h : i < ms.size then mvarExprs ms (i + 1) (acc.push (.mvar ms[i])) else acc

/-- Writes the context and type of each metavariable that the goals mention. -/
private def writeMVars (ms : List MVarId) (all : Array Expr) (w : Written) : MetaM Written :=
  match ms with
  | [] => return w
  | m :: ms => do
    let parts ← partsOf m
    writeMVars ms all (writeGoal parts all w)

private def keyOf (vs : List GoalView) (mvars : Array MVarId) : MetaM Written := do
  let all := mvarExprs mvars 0 #[]
  let w := foldL (fun w v => writeGoal v.parts all w) {} vs
  writeMVars (listFrom mvars) all w

/-- For states that can't be written out: their text and Lean's internal names for the goals. -/
private def uniqueKey (goals : List MVarId) (vs : List GoalView) : String :=
  let names := joinL " " (mapL (fun g => g.name.toString) goals)
  toString (hash (joinL "\n" (names :: mapL GoalView.pretty vs)))

private def withKeys : List (MVarId × GoalView) → MetaM (List GoalView)
  | [] => return []
  | (g, v) :: vs => do
    let w ← keyOf [v] v.mvars
    return { v with json := appL v.json [("key", .str (w.key (uniqueKey [g] [v])))] } :: (← withKeys vs)

def viewState (goals : List MVarId) : MetaM StateView := do
  let views ← withKeys (zipL goals (← mapMeta viewGoal goals))
  let mvars := allMVars views
  let w ← keyOf views mvars
  return { goals := views, key := w.key (uniqueKey goals views), groups := grouped 0 (zipL goals views) [] }

def StateView.fields (v : StateView) : Fields :=
  [("key", .str v.key), ("goals", jArr (mapL (fun g => Json.mkObj g.json) v.goals)),
    ("groups", jArr (mapL (fun g => jArr (mapL jNat g)) v.groups))]

def StateView.pretty (v : StateView) : List String := mapL GoalView.pretty v.goals

private def costs (r : Report) : Fields := [("ms", jMilli r.micros), ("heartbeats", jMilli r.heartbeats)]

private def textField (r : Report) : Fields :=
  match r.text with
  | some t => [("text", .str t)]
  | none => []

/-- The answer to one tactic of a batch. -/
def jReport (srv : Server) (r : Report) : IO Json := do
  match r.verdict with
  | .proved => return Json.mkObj (appL (("proved", .bool true) :: textField r) (costs r))
  | .refused kind message => return Json.mkObj (("error", .str kind) :: ("message", .str message) :: costs r)
  | .limit kind => return Json.mkObj (("limit", .str kind) :: costs r)
  | .advanced ps =>
    let view ← ps.runMeta (viewState ps.goals)
    let id ← srv.addState ps
    return Json.mkObj (appL (("proofState", jNat id) :: view.fields) (appL (textField r) (costs r)))

end Stepwise
