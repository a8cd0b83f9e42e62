import Lean.Elab.Frontend
import Stepwise.Elaborate

/-! Reading info trees: every `sorry`, in tactic and in term position, with the context it stands in. -/

open Lean Elab

namespace Stepwise

/-- One `sorry` of a command. -/
inductive SorryKind where
  | tactic (info : TacticInfo)
  | term (info : TermInfo)

structure SorryAt where
  ctx : ContextInfo
  /-- The environment before the command that the `sorry` stands in. -/
  before : Environment
  stx : Syntax
  kind : SorryKind
  source? : Option Source := none

partial def nodesOf (n : PersistentArrayNode α) (acc : List α) : List α :=
  match n with
  | .node cs => goNodes cs 0 acc
  | .leaf cs => goLeaves cs 0 acc
where
  goNodes (cs : Array (PersistentArrayNode α)) (i : Nat) (acc : List α) : List α :=
    if h : i < cs.size then goNodes cs (i + 1) (nodesOf cs[i] acc) else acc
  goLeaves (cs : Array α) (i : Nat) (acc : List α) : List α :=
    if h : i < cs.size then goLeaves cs (i + 1) (cs[i] :: acc) else acc

/-- The elements of a persistent array, in order. -/
def itemsOf (t : PersistentArray α) : List α :=
  if t.size == 0 then [] else revL (nodesOf.goLeaves t.tail 0 (nodesOf t.root []))

private def sorryOf (before : Environment) (ctx : ContextInfo) : Info → Option SorryAt
  | .ofTacticInfo i =>
    if i.stx.getKind == ``Lean.Parser.Tactic.tacticSorry then some { ctx, before, stx := i.stx, kind := .tactic i } else none
  | .ofTermInfo i =>
    if i.stx.getKind == ``Lean.Parser.Term.sorry then some { ctx, before, stx := i.stx, kind := .term i } else none
  | _ => none

/-- The `sorry`s of a tree, last one first, in front of `acc`. A tactic `sorry` hides the term it expands to. -/
partial def sorriesOf (before : Environment) (t : InfoTree) (ctx? : Option ContextInfo) (acc : List SorryAt) : List SorryAt :=
  match t with
  | .context c t => sorriesOf before t (c.mergeIntoOuter? ctx?) acc
  | .hole _ => acc
  | .node info children =>
    match ctx? with
    | none => go (itemsOf children) ctx? acc
    | some ctx =>
      match sorryOf before ctx info with
      | some s => s :: acc
      | none => go (itemsOf children) (info.updateContext? ctx?) acc
where
  go : List InfoTree → Option ContextInfo → List SorryAt → List SorryAt
    | [], _, acc => acc
    | t :: ts, ctx?, acc => go ts ctx? (sorriesOf before t ctx? acc)

/-- The `sorry`s of a command in source order. -/
def sorriesIn (e : Elaborated) : List SorryAt :=
  revL (mapL (placed e.source?) (sorriesOf.go e.before (itemsOf e.trees) none []))
where
  placed (source? : Option Source) (s : SorryAt) : SorryAt :=
    match source?, s.stx.getPos?, s.stx.getTailPos? with
    | some source, some holeStart, some holeStop => { s with source? := some { source with holeStart, holeStop } }
    | _, _, _ => s

/-- The `sorry`s of all commands in source order. -/
def allSorries : List Elaborated → List SorryAt
  | [] => []
  | e :: es => appL (sorriesIn e) (allSorries es)

end Stepwise
