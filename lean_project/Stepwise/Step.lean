import Lean.Elab.Frontend
import Stepwise.Answer

/-! The requests about proof states: `tactics`, `state`, `drop`, `dropAll`. -/

open Lean Meta

namespace Stepwise

def stateAt (srv : Server) (j : Json) : IO (Option ProofState) := do
  match getNat? j "proofState" with
  | some id => return (← srv.states.get).find? id
  | none => return none

private def chosen (goals : List MVarId) : List Nat → Option (List MVarId)
  | [] => some []
  | i :: is =>
    match getL? goals i, chosen goals is with
    | some g, some gs => some (g :: gs)
    | _, _ => none

/-- The state with only the goals of `focus` open; they become what has to be proved. -/
def focused (ps : ProofState) (j : Json) : Option ProofState :=
  match getList? j "focus" with
  | none => some ps
  | some is =>
    match chosen ps.goals (natsOf is) with
    | some [] => none
    | some gs => if lenL gs == lenL ps.goals then some ps else some { ps with goals := gs, roots := gs, source? := none }
    | none => none

def limitsOf (j : Json) : Limits :=
  { heartbeats := (getNat? j "heartbeats").getD 200000, wallMs := (getNat? j "wallMs").getD 0 }

private def runOne (srv : Server) (ps : ProofState) (j : Json) : IO String := do
  match getStr? j "tactic" with
  | some text => reportText srv (← runTacticText srv.watch ps text (limitsOf j))
  | none => reportText srv { verdict := .refused "parse" "'tactic' must be a text" }

def runTactics (srv : Server) (j : Json) : IO Answer := do
  match getList? j "tactics", ← stateAt srv j with
  | none, _ => return .json (failure "'tactics' must be a list")
  | _, none => return .json (failure "Unknown proof state.")
  | some calls, some ps =>
    match focused ps j with
    | none => return .json (failure "'focus' must be a list of goal indices of the state")
    | some ps => return .fields ("\"results\":" ++ listText (← mapIO (runOne srv ps) calls))

def showState (srv : Server) (j : Json) : IO Answer := do
  match getNat? j "state" with
  | none => return .json (failure "'state' must be a number")
  | some id =>
    match (← srv.states.get).find? id with
    | none => return .json (failure "Unknown proof state.")
    | some ps => return .fields (← printState srv ps).fields

private def dropFrom (held : Nat → IO Bool) (drop : Nat → IO Unit) : List Nat → Nat → IO Nat
  | [], n => return n
  | id :: ids, n => do
    if ← held id then
      drop id
      dropFrom held drop ids (n + 1)
    else dropFrom held drop ids n

def runDrop (srv : Server) (j : Json) : IO Json := do
  let req := (j.getObjVal? "drop").toOption.getD .null
  let states := natsOf ((getList? req "proofStates").getD [])
  let envs := natsOf ((getList? req "envs").getD [])
  let n ← dropFrom (fun id => return ((← srv.states.get).find? id).isSome)
    (fun id => srv.states.modify fun t => t.drop id) states 0
  let n ← dropFrom (fun id => return ((← srv.commands.get).find? id).isSome)
    (fun id => srv.commands.modify fun t => t.drop id) envs n
  return Json.mkObj [("dropped", jNat n)]

def runDropAll (srv : Server) (_ : Json) : IO Json := do
  let t ← srv.states.get
  let held := foldL (fun n (s : Option ProofState) => if s.isSome then n + 1 else n) 0 (listFrom t.items)
  srv.states.modify fun t => t.clear
  return Json.mkObj [("dropped", jNat held)]

end Stepwise
