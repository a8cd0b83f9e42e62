import Lean
import Stepwise.Step
import Stepwise.Unify

/-! The request `premises`: library lemmas for one goal of a proof state. -/

open Lean Meta

namespace Stepwise

private def importKey (env : Environment) : String := go 0
where
  go (i : Nat) : String :=
    if h : i < env.header.imports.size then env.header.imports[i].module.toString ++ ";" ++ go (i + 1) else ""
  termination_by env.header.imports.size - i

private def findIndex (key : String) : List (String × Premises.Index) → Option Premises.Index
  | [] => none
  | (k, ix) :: rest => if k == key then some ix else findIndex key rest

private def findCovering (env : Environment) : List (String × Premises.Index) → Option Premises.Index
  | [] => none
  | (_, ix) :: rest => if ix.covers env then some ix else findCovering env rest

/-- The index for the library that a proof state was opened on: kept for the life of the server, and built only if no
index of a larger library is there to be filtered. -/
private def indexFor (srv : Server) (env : Environment) : IO Premises.Index := do
  let key := importKey env
  let known ← srv.indexes.get
  match findIndex key known with
  | some ix => return ix
  | none =>
    let ix := match findCovering env known with
      | some ix => ix
      | none => Premises.build env
    srv.indexes.modify fun known => (key, ix) :: known
    return ix

private def propTypes : List LocalDecl → MetaM (List Expr)
  | [] => return []
  | d :: ds => do
    let rest ← propTypes ds
    if d.isImplementationDetail then return rest
    else
      let type ← instantiateMVars d.type
      if ← isProp type then return type :: rest else return rest

/-- The target, the types of the hypotheses that are proofs, and what unifies with the target if that is a proposition. -/
private def readGoal (self : Name) (g : MVarId) : MetaM (Expr × List Expr × List Unify.Found) := do
  let decl ← g.getDecl
  let run : MetaM (Expr × List Expr × List Unify.Found) := do
    let target ← instantiateMVars decl.type
    let fitting ← if ← isProp target then Unify.select self target else pure []
    return (target, ← propTypes (declsOf decl.lctx), fitting)
  fun ctx => run { ctx with lctx := decl.lctx, localInstances := decl.localInstances }

private def jPremise (p : Premises.Premise) : Json :=
  Json.mkObj [("name", .str p.name.toString), ("kind", .str p.kind), ("score", jMilli p.score)]

private def jFound (f : Unify.Found) : Json :=
  Json.mkObj [("name", .str f.name), ("kind", .str f.kind), ("score", jMilli (1000 / (1 + f.left)))]

def runPremises (srv : Server) (j : Json) : IO Json := do
  match getNat? j "premises", ← stateAt srv j with
  | none, _ => return failure "'premises' must be a number"
  | _, none => return failure "Unknown proof state."
  | some limit, some ps =>
    match getL? ps.goals ((getNat? j "goal").getD 0) with
    | none => return failure "'goal' must be the index of a goal of the state"
    | some g =>
      let self := ps.termCtx.declName?.getD .anonymous
      let (target, hyps, fitting) ← ps.runMeta (readGoal self g)
      let found := Premises.select (← indexFor srv ps.base) ps.core.env self target hyps limit
      return Json.mkObj [("premises", jArr (appL (mapL jPremise found) (mapL jFound fitting)))]

end Stepwise
