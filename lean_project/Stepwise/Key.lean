import Lean
import Stepwise.State

/-!
Canonical keys: equal keys mean interchangeable goals, up to the names and the order of hypotheses.

A goal is written out with its hypotheses renamed `c.0, c.1, …` in the order in which the target, and then the types of
those already numbered, mention them; whatever they don't reach follows in context order. Metavariables are numbered
likewise over the whole state, each with its own context and type. The text that Lean's kernel prints for these terms is
complete (implicit arguments, universes), and two 64-bit hashes of it with the 32-bit hash of the terms make the key.
Any numbering is sound, since the text says all that the goal says; a better one only merges more. Bound variables
inside types keep their names, so those are told apart by name.
-/

open Lean Meta

namespace Stepwise

/-- Terms beyond this many nodes are not written out: such a state gets a key of its own and never merges. -/
def maxKeySize : Nat := 20000

/-- Numbers what the types (and values) of the first hypotheses mention, until nothing new turns up. -/
partial def closeUnder (lctx : LocalContext) (s : CollectFVars.State) (i : Nat) : CollectFVars.State :=
  if h : i < s.fvarIds.size then
    match lctx.find? s.fvarIds[i] with
    | some (.ldecl _ _ _ type value false _) => closeUnder lctx (collectFVars (collectFVars s type) value) (i + 1)
    | some decl => closeUnder lctx (collectFVars s decl.type) (i + 1)
    | none => closeUnder lctx s (i + 1)
  else s

/-- All hypotheses in canonical order. -/
def canonicalOrder (lctx : LocalContext) (target : Expr) (hyps : List LocalDecl) : Array FVarId :=
  (go hyps (closeUnder lctx (collectFVars {} target) 0)).fvarIds
where
  go : List LocalDecl → CollectFVars.State → CollectFVars.State
    | [], s => s
    | d :: ds, s => go ds (closeUnder lctx (collectFVars s (.fvar d.fvarId)) s.fvarIds.size)

private def numbered (prefix_ : Name) : Nat → Array Expr → Array Expr
  | 0, acc => acc
  | n + 1, acc => numbered prefix_ n (acc.push (.fvar ⟨.num prefix_ acc.size⟩))

private def fvarsOf (ids : Array FVarId) (i : Nat) (acc : Array Expr) : Array Expr :=
  if h : i < ids.size then fvarsOf ids (i + 1) (acc.push (.fvar ids[i])) else acc

/-- What replaces what in a goal: its hypotheses and the state's metavariables by numbered names. -/
structure Renaming where
  source : Array Expr
  target : Array Expr

def Renaming.text (r : Renaming) (e : Expr) : String × UInt64 :=
  let e := e.replaceFVars r.source r.target
  (e.dbgToString, e.hash)

/-- Accumulates the written form. `big` says that some term was too large. -/
structure Written where
  text : String := ""
  sum : UInt64 := 7
  big : Bool := false

def Written.add (w : Written) (r : Renaming) (e : Expr) : Written :=
  if w.big || e.sizeWithoutSharing > maxKeySize then { w with big := true }
  else
    let (text, hash) := r.text e
    { w with text := (w.text ++ text).push '\n', sum := mixHash w.sum hash }

private def writeHyps (lctx : LocalContext) (r : Renaming) (insts : Array FVarId) (ids : Array FVarId) (i : Nat)
    (w : Written) : Written :=
  if h : i < ids.size then
    let w := match lctx.find? ids[i] with
      | some (.ldecl _ _ _ type value false _) => ({ w with text := w.text.push '=' }.add r type).add r value
      | some decl =>
        let w := if inFrom insts ids[i] then { w with text := w.text.push '!' } else w
        w.add r decl.type
      | none => w
    writeHyps lctx r insts ids (i + 1) w
  else w

private def instanceIds (insts : LocalInstances) (i : Nat) (acc : Array FVarId) : Array FVarId :=
  if h : i < insts.size then
    match insts[i].fvar with
    | .fvar id => instanceIds insts (i + 1) (acc.push id)
    | _ => instanceIds insts (i + 1) acc
  else acc

/-- A goal ready to be keyed: its parts without assigned metavariables. -/
structure GoalParts where
  decl : MetavarDecl
  lctx : LocalContext
  hyps : List LocalDecl
  target : Expr

def writeGoal (g : GoalParts) (mvars : Array Expr) (w : Written) : Written :=
  let ids := canonicalOrder g.lctx g.target g.hyps
  let source := fvarsOf ids 0 #[]
  let r : Renaming := { source := appA source mvars
                        target := appA (numbered `c ids.size #[]) (numbered `m mvars.size #[]) }
  let w := writeHyps g.lctx r (instanceIds g.decl.localInstances 0 #[]) ids 0 w
  { w with text := w.text.push '⊢' }.add r g.target

private def hex (n : UInt64) : String :=
  pushAll (Nat.toDigits 16 n.toNat) ""

/-- The key of what was written; `unique` is used where the text can't be relied on. -/
def Written.key (w : Written) (unique : String) : String :=
  if w.big then "u" ++ unique
  else hex (hash w.text) ++ "-" ++ hex (hash ("#" ++ w.text)) ++ "-" ++ hex w.sum

end Stepwise
