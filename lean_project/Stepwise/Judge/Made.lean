import Lean.Environment
import Stepwise.Judge.Recursor

/-!
All that the kernel made of a block of inductive types, against what the declaration gives: the types and constructors as
they stand in the environment, how far a proposition may be eliminated, and every recursor.
-/

open Lean

public section

namespace Stepwise.Judge

/-! ## Elimination -/

/-- States that every field is a proposition, or stands among the indices that the constructor makes: then what it holds is
no secret, and a proposition may be eliminated into anything. -/
def checkSecrets (p : Parts) (m : Making) (before : List Bound) : List Bound → Except Stop Unit
  | [] => .ok ()
  | f :: rest => do
    if !anyL (· == f.var) (arguments m.result) then
      let bounds := appL p.params before
      restateValue p.env p.block.levelParams (forAll bounds (.sort .zero)) (lambda bounds f.type) m.ctor
        "a field that the elimination would give away" "4.33.0"
    checkSecrets p m (appL before [f]) rest

/-- May the block be eliminated into any sort? -/
def checkElimination (p : Parts) (level : Level) (all : List (List Making)) : Except Stop Unit :=
  if p.elim == .zero || isNeverZero level then .ok ()
  else
    match all with
    | [[]] => .ok ()
    | [[m]] => checkSecrets p m [] m.fields
    | _ => .error (unexpected (nameOf p.block) "the elimination")
where
  nameOf (b : Block) : Name := match b.types with
    | t :: _ => t.name
    | [] => .anonymous

/-! ## The block -/

/-- The elimination level of a recursor with these universes: a parameter before the block's own, or `Prop`. -/
def elimOf (own recursors : List Name) : Option Level :=
  if sameNames own recursors then some .zero
  else match recursors with
    | u :: rest => if sameNames own rest && !hasName own u then some (.param u) else none
    | [] => none

/-- The heads `J Ds` of the nested occurrences, as the recursor's motives from the `i`th on name them. -/
def nestedHeads (env : Kernel.Environment) : List Bound → Except Stop (List (InductiveVal × List Level × List Expr))
  | [] => return []
  | m :: rest => do
    let (bounds, _) := opened `index noLimit m.type
    let some major := lastOf bounds | throw (unexpected `motive "the type")
    let .const n levels := headOf major.type | throw (unexpected `motive "the type")
    let some (.inductInfo info) := env.find? n | throw (unexpected n "the kind")
    return (info, levels, (splitAt info.numParams (arguments major.type)).1) :: (← nestedHeads env rest)
where
  lastOf : List Bound → Option Bound
    | [] => none
    | [b] => some b
    | _ :: rest => lastOf rest

def ownHeads (env : Kernel.Environment) (b : Block) (params : List Expr) :
    List InductiveType → Except Stop (List (InductiveVal × List Level × List Expr))
  | [] => return []
  | t :: rest => do
    let some (.inductInfo info) := env.find? t.name | throw (unexpected t.name "the kind")
    return (info, b.levels, params) :: (← ownHeads env b params rest)

/-- The recursors of a block: one for each type, and after them one for each nested occurrence. -/
def recursorNames (b : Block) (numTargets : Nat) : List Name :=
  match b.types with
  | [] => []
  | first :: _ => own b.types (numTargets - lenL b.types) first.name
where
  own (types : List InductiveType) (nested : Nat) (first : Name) : List Name :=
    match types with
    | [] => further first nested 1
    | t :: rest => .str t.name "rec" :: own rest nested first
  further (first : Name) (left i : Nat) : List Name :=
    match left with
    | 0 => []
    | left + 1 => .str first s!"rec_{i}" :: further first left (i + 1)

def targetsOf (env : Kernel.Environment) (elim : Level) (i : Nat) :
    List (InductiveVal × List Level × List Expr) → List Name → Except Stop (List Target)
  | (info, levels, args) :: heads, recursor :: names => do
    let motive := { var := variableOf `motive i, type := ← motiveType env elim info levels args }
    return { info, levels, args, recursor, motive } :: (← targetsOf env elim (i + 1) heads names)
  | _, _ => return []

def areDistinct : List Target → Bool
  | [] => true
  | t :: rest => (targetOf t.head rest).isNone && areDistinct rest

/-- Nested occurrences mention the block, and only at its own parameters. -/
def areNested (b : Block) (params : List Expr) : List (InductiveVal × List Level × List Expr) → Bool
  | [] => true
  | (_, _, args) :: rest => !noneMentions b args && allL (isUniform b params) args && areNested b params rest

def partsOf (env : Kernel.Environment) (b : Block) : Except Stop Parts := do
  let first :: _ := b.types | throw (unexpected .anonymous "the list of types")
  let (params, _) := opened `param b.numParams first.type
  need (lenL params == b.numParams) first.name "the number of parameters"
  let some (.recInfo v) := env.find? (.str first.name "rec") | throw (unexpected first.name "the recursor")
  let some elim := elimOf b.levelParams v.levelParams | throw (unexpected first.name "the list of universes")
  let some below := instantiated v.type (variables params) | throw (unexpected first.name "the recursor")
  let (motives, _) := opened `motive v.numMotives below
  need (lenL motives == v.numMotives) first.name "the number of motives"
  let own ← ownHeads env b (variables params) b.types
  let nested ← nestedHeads env (splitAt (lenL b.types) motives).2
  need (areNested b (variables params) nested) first.name "a nested occurrence"
  let targets ← targetsOf env elim 0 (appL own nested) (recursorNames b v.numMotives)
  need (lenL targets == v.numMotives && areDistinct targets) first.name "the number of motives"
  return { env, block := b, recLevelParams := v.levelParams, elim, params := kept params, targets }

def checkCtorValue (env : Kernel.Environment) (b : Block) (type : Name) (i : Nat) (c : Constructor) : Except Stop Unit := do
  let some (.ctorInfo v) := env.find? c.name | throw (unexpected c.name "the kind")
  need (v.induct == type && v.cidx == i && v.numParams == b.numParams && !v.isUnsafe) c.name "a number"
  need (sameNames v.levelParams b.levelParams && v.type == c.type) c.name "the type"
  restate env b.levelParams v.type c.name "the type" "4.32.2"

def checkCtorValues (env : Kernel.Environment) (b : Block) (type : Name) (i : Nat) : List Constructor → Except Stop Unit
  | [] => .ok ()
  | c :: rest => do
    checkCtorValue env b type i c
    checkCtorValues env b type (i + 1) rest

/-- Whether a constructor's type mentions the block but for its result: then the kernel may not treat the type as a plain
structure. -/
def recurses (b : Block) : Bool :=
  anyL (fun (t : InductiveType) => anyL (fun c => paramsMention b (opened `field noLimit c.type).1) t.ctors) b.types

def checkTypeValues (env : Kernel.Environment) (b : Block) (numNested : Nat) : List InductiveType → Except Stop Unit
  | [] => .ok ()
  | t :: rest => do
    let some (.inductInfo v) := env.find? t.name | throw (unexpected t.name "the kind")
    need (sameNames v.levelParams b.levelParams && v.type == t.type) t.name "the type"
    need (v.numParams == b.numParams && sameNames v.all b.names && sameNames v.ctors (mapL (·.name) t.ctors)
      && v.numNested == numNested && v.isRec == recurses b && !v.isUnsafe) t.name "a number"
    checkCtorValues env b t.name 0 t.ctors
    checkTypeValues env b numNested rest

/-- Everything that the kernel made of the block `b`, in `env`, against what the declaration gives. -/
def checkMade (env : Kernel.Environment) (b : Block) : Except Stop Unit := do
  let first :: _ := b.types | throw (unexpected .anonymous "the list of types")
  let level ← resultLevel env first
  let p ← partsOf env b
  checkTypeValues env b (lenL p.targets - lenL b.types) b.types
  let all ← makingsOf p p.targets
  let minors := minorsOf (foldL appL [] all)
  checkElimination p level all
  checkAllRecursors p minors (isK p level all) minors p.targets all

end Stepwise.Judge
