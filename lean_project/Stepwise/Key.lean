import Lean.Elab.Frontend
import Stepwise.State

/-!
Canonical keys: equal keys mean interchangeable goals, up to the names and (in part) the order of hypotheses.

A goal becomes one term in which its hypotheses are numbered (as loose bound variables) in the order in which the target,
and then the types of those already numbered, mention them; whatever these don't reach follows in context order.
Metavariables are numbered likewise over the whole state, each with its own context and type. The text that Lean's kernel prints for the term is
complete (implicit arguments, universes), and its 64-bit hash with the 32-bit hash of the term makes the key. Any numbering
is sound, since the text says all that the goal says; a better one only merges more. Bound variables inside types keep
their names, so goals are told apart by those.
-/

open Lean Meta

namespace Stepwise

/-- Numbers what the types (and values) of the hypotheses from `i` on mention, until nothing new turns up. -/
partial def closeUnder (lctx : LocalContext) (s : CollectFVars.State) (i : Nat) : CollectFVars.State :=
  if h : i < s.fvarIds.size then
    match lctx.find? s.fvarIds[i] with
    | some (.ldecl _ _ _ type value false _) => closeUnder lctx (collectFVars (collectFVars s type) value) (i + 1)
    | some decl => closeUnder lctx (collectFVars s decl.type) (i + 1)
    | none => closeUnder lctx s (i + 1)
  else s

/-- A goal ready to be keyed: its parts without assigned metavariables. `big` if one of them is too large to be written. -/
structure GoalParts where
  big : Bool
  lctx : LocalContext
  insts : LocalInstances
  hyps : List LocalDecl
  target : Expr

private def addRest (lctx : LocalContext) : List LocalDecl → CollectFVars.State → CollectFVars.State
  | [], s => s
  | d :: ds, s =>
    if s.fvarSet.contains d.fvarId then addRest lctx ds s
    else addRest lctx ds (closeUnder lctx (s.add d.fvarId) s.fvarIds.size)

/-- All hypotheses in canonical order. -/
def GoalParts.order (g : GoalParts) : Array FVarId :=
  (addRest g.lctx g.hyps (closeUnder g.lctx (collectFVars {} g.target) 0)).fvarIds

private def isInst (insts : LocalInstances) (e : Expr) (i : Nat) : Bool :=
  if h : i < insts.size then insts[i].fvar == e || isInst insts e (i + 1) else false

/-- A constant that no source text can name: 1 before a local value, 2 a local instance, 3 nothing, 4 the goal itself. -/
private def marker (n : Nat) : Expr := .const (.num `_stepwise n) []

/-- Adds the hypotheses from `i` on to the arguments of `acc`. -/
private def spine (g : GoalParts) (ids : Array FVarId) (i : Nat) (acc : Expr) : Expr :=
  if h : i < ids.size then
    let part := match g.lctx.find? ids[i] with
      | some (.ldecl _ _ _ type value false _) => mkApp2 (marker 1) type value
      | some decl => if isInst g.insts (.fvar ids[i]) 0 then .app (marker 2) decl.type else decl.type
      | none => marker 3
    spine g ids (i + 1) (.app acc part)
  else .app acc g.target

private def fvarsOf (ids : Array FVarId) (i : Nat) (acc : Array Expr) : Array Expr :=
  if h : i < ids.size then fvarsOf ids (i + 1) (acc.push (.fvar ids[i])) else acc

/-- The written form of some goals. `big` says that one of them can't be written. -/
structure Written where
  text : String := ""
  sum : UInt64 := 7
  big : Bool := false

/-- Adds a goal. `mvars` are the metavariables of the state, in order. -/
def Written.add (w : Written) (mvars : Array Expr) (g : GoalParts) : Written :=
  if w.big || g.big then { w with big := true }
  else
    let ids := g.order
    let e := spine g ids 0 (marker 4)
    let e := e.abstract (appA (fvarsOf ids 0 (.mkEmpty (ids.size + mvars.size))) mvars)
    { w with text := (w.text ++ e.dbgToString).push '\n', sum := mixHash w.sum e.hash }

/-- The key of what was written; `unique` is used where there is no text to rely on. -/
def Written.key (w : Written) (unique : String) : String :=
  if w.big then "u" ++ unique else nameOf (hash w.text) w.sum

end Stepwise
