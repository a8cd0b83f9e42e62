import Lean.Elab.Frontend
import Stepwise.Step
import Stepwise.Definitions
import Stepwise.Unify

/-! The request `premises`: library lemmas for one goal of a proof state. -/

open Lean Meta

namespace Stepwise

private def importKey (env : Environment) : String := go 0
where
  go (i : Nat) : String :=
    if h : i < env.header.imports.size then env.header.imports[i].module.toString ++ ";" ++ go (i + 1) else ""
  termination_by env.header.imports.size - i

private def findLibrary (key : String) : List (String × Premises.Library) → Option Premises.Library
  | [] => none
  | (k, lib) :: rest => if k == key then some lib else findLibrary key rest

private def oldest : List (String × Premises.Library) → Premises.Library
  | [] => .none
  | [(_, lib)] => lib
  | _ :: rest => oldest rest

/-- The index for the library that a proof state was opened on, kept for the life of the server: the first one, if that
has all, or with what it lacks. So a question has one answer, whatever was asked before it. -/
private def indexFor (srv : Server) (env : Environment) : IO Premises.Library := do
  let key := importKey env
  let known ← srv.indexes.get
  match findLibrary key known with
  | some lib => return lib
  | none =>
    let first := oldest known
    let lib := if first.covers env then first else first.extend env
    srv.indexes.modify fun known => (key, lib) :: known
    return lib

/-- The types of the hypotheses that are proofs, and those of all. -/
private def typesIn : List LocalDecl → MetaM (List Expr × List Expr)
  | [] => return ([], [])
  | d :: ds => do
    let (proofs, all) ← typesIn ds
    if d.isImplementationDetail then return (proofs, all)
    else
      let type ← instantiateMVars d.type
      return (if ← isProp type then type :: proofs else proofs, type :: all)

/-- The environment in whose trees lemmas are looked up: the library's, where that imports more than the goal's file. A
tree takes seconds to make, and the library's is there. -/
private def lookedUpIn (lib : Premises.Library) (env : Environment) : Environment :=
  match lib.whole? with
  | some whole => if importKey whole == importKey env then env else whole
  | none => env

structure Advice where
  goal : Premises.Sought
  /-- Theorems that share constants with the goal, then the laws of other types. -/
  lemmas : List Premises.Premise
  fitting : List Unify.Found

private def toApply : Nat → List Premises.Premise → List Name
  | 0, _ => []
  | _, [] => []
  | n + 1, p :: ps => if p.kind == "apply" then p.name :: toApply n ps else toApply (n + 1) ps

/-- The goal with its lemmas, and with what unifies with the target if that is a proposition. -/
private def readGoal (lib : Premises.Library) (self : Name) (g : MVarId) (limit : Nat) : MetaM Advice := do
  let decl ← g.getDecl
  let run : MetaM Advice := do
    let target ← instantiateMVars decl.type
    let (proofs, context) ← typesIn (declsOf decl.lctx)
    let goal := { self, target, proofs, context }
    let env ← getEnv
    let named := Premises.select lib env goal limit
    let laws := Premises.alike lib env goal
    let close := appL (mapL Premises.Premise.name laws) (toApply Unify.named named)
    let fitting ← if ← isProp target then Unify.select (lookedUpIn lib env) self target close else pure []
    return { goal, lemmas := appL named laws, fitting }
  fun ctx => run { ctx with lctx := decl.lctx, localInstances := decl.localInstances }

/-- Of these types those that are defined inductively without recursion, so that induction on a value is case analysis. -/
private def flatTypes (env : Environment) : List Expr → List Name → List Name
  | [], acc => acc
  | type :: rest, acc =>
    match type.consumeMData.getAppFn with
    | .const n _ =>
      match env.find? n with
      | some (.inductInfo v) =>
        let isKnown := v.isRec || v.numNested > 0 || anyL (fun m => m == n) acc
        flatTypes env rest (if isKnown then acc else n :: acc)
      | _ => flatTypes env rest acc
    | _ => flatTypes env rest acc

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
      let lib ← indexFor srv ps.base
      let { goal, lemmas, fitting } ← ps.runMeta (readGoal lib self g limit)
      let env := ps.core.env
      let flat := mapL (fun n => { name := n, kind := "flat", score := 0 }) (flatTypes env goal.context [])
      let named := appL lemmas (appL (Premises.definitionsOf env goal.target goal.proofs) flat)
      return Json.mkObj [("premises", jArr (appL (mapL jPremise named) (mapL jFound fitting)))]

end Stepwise
