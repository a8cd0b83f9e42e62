import Lean.Elab.Frontend
import Stepwise.Command
import Stepwise.Community

/-!
An environment or a proof state of another process, reached again by the requests that led to it. Nothing of the way is
kept, so ids go on as if it had been read from a file.
-/

open Lean

namespace Stepwise

/-- How far the requests have led: the id of the last environment, of the first proof state that the last request made,
and of the state to go on from. -/
private structure Progress where
  env? : Option Nat := none
  first : Nat := 0
  state? : Option Nat := none

private def idOf (key : String) : Option Nat → Json → Json
  | some id, j => j.setObjVal! key (jNat id)
  | none, j => j

/-- One request, without ids: `cmd` on the last environment, `tactic` on the state to go on from, or `take` of one of the
states that the request before made, by its place. -/
private def rerunOne (srv : Server) (r : Progress) (j : Json) : IO (Except Json Progress) := do
  let first := (← srv.states.get).nextId
  if let some n := getNat? j "take" then return .ok { r with state? := some (r.first + n) }
  else if hasKey j "cmd" then
    match ← runCommand srv (idOf "env" r.env? j) with
    | .json failure => return .error failure
    | .fields _ => return .ok { env? := some ((← srv.commands.get).nextId - 1), first }
  else
    match ← runTactic srv (idOf "proofState" r.state? j) with
    | .json failure => return .error failure
    | .fields _ => return .ok { r with first, state? := none }

private def rerun (srv : Server) (r : Progress) : List Json → IO (Except Json Progress)
  | [] => return .ok r
  | j :: js => do
    match ← rerunOne srv r j with
    | .ok r => rerun srv r js
    | .error failure => return .error failure

private def found (id? : Option Nat) (t : Table α) : Option α :=
  match id? with
  | some id => t.find? id
  | none => none

/-- Runs the requests of `rerun` again and answers with what they lead to: a proof state if they end with a `take`, or else
an environment. -/
def runRerun (srv : Server) (j : Json) : IO Answer := do
  let states ← srv.states.get
  let commands ← srv.commands.get
  let reached ← rerun srv {} ((getList? j "rerun").getD [])
  let states' ← srv.states.get
  let commands' ← srv.commands.get
  srv.states.set states
  srv.commands.set commands
  srv.printed.forget
  match reached with
  | .error failure => return .json failure
  | .ok r =>
    match found r.state? states', found r.env? commands' with
    | some ps, _ => heldAnswer srv { ps with origin := states.nextId, printed := none }
    | none, some st => return .fields ("\"env\":" ++ (← srv.addCommand st).repr)
    | none, none => return .json (failure "'rerun' must be a list of requests that lead to something")

end Stepwise
