import Lean.Environment
import Stepwise.Judge.Shape
import Stepwise.Judge.Restate

/-!
What the kernel made of an inductive type, compared with what it should have made, worked out here once more: numbers of
parameters, indices and fields, recursors with their rules, `K`, and how far a proposition may be eliminated. Nothing of
this is ever read from an export.

A block's recursors have a motive for each of its types, and one for each nested occurrence `J Ds`: an inductive type that
was there before, at parameters that mention the block. A nested occurrence is treated as a type of the block, with the
constructors of `J` at `Ds`.
-/

open Lean

public section

namespace Stepwise.Judge

/-- What a recursor's motive is about: a type of the block, or a nested occurrence of another. The parameters of the block
are free variables. -/
structure Target where
  info : InductiveVal
  levels : List Level
  args : List Expr
  recursor : Name
  motive : Bound

def Target.head (t : Target) : Expr := applied (.const t.info.name t.levels) t.args

/-- A recursor's parts that all recursors of a block share. -/
structure Parts where
  env : Kernel.Environment
  block : Block
  recLevelParams : List Name
  elim : Level
  params : List Bound
  targets : List Target

def unexpected (n : Name) (what : String) : Stop :=
  refused s!"{what} of {text n} is not what its declaration gives" "4.34.0"

/-- Whether the kernel made `given` where `due` was to be made. -/
def isAsDue (given due : Expr) : Bool := given == due || plain given == plain due

def need (holds : Bool) (n : Name) (what : String) : Except Stop Unit :=
  if holds then .ok () else .error (unexpected n what)

def motivesOf : List Target → List Bound
  | [] => []
  | t :: rest => t.motive :: motivesOf rest

/-- The target whose head begins `e`, and the indices that follow. -/
def targetOf (e : Expr) : List Target → Option (Target × List Expr)
  | [] => none
  | t :: rest =>
    let (args, indices) := splitAt (count t.args) (arguments e)
    if applied (headOf e) args == t.head then some (t, indices) else targetOf e rest

/-! ## Constructors -/

/-- A field that is of a target's type, or a function to it: the arguments, the target, its indices. -/
structure Recursion where
  arguments : List Bound
  target : Target
  indices : List Expr

def recursionOf (p : Parts) (ctor : Name) (type : Expr) : Except Stop (Option Recursion) := do
  if !mentions p.block.names type then return none
  let (xs, e) := openedUnfolded p.env `x type
  if paramsMention p.block xs then throw (unexpected ctor "a field")
  if !mentions p.block.names e then return none
  match targetOf e p.targets with
  | some (target, indices) =>
    if noneMentions p.block indices then return some { arguments := xs, target, indices }
    else throw (unexpected ctor "a field")
  | none => throw (unexpected ctor "a field")

/-- What a recursor needs of a constructor at a target: its fields, which of them recurse, and where it ends. -/
structure Making where
  ctor : Name
  fields : List Bound
  recursions : List (Expr × Recursion)
  /-- the motive at what the constructor makes -/
  result : Expr

def recursionsOf (p : Parts) (ctor : Name) : List Bound → Except Stop (List (Expr × Recursion))
  | [] => return []
  | f :: rest => do
    let more ← recursionsOf p ctor rest
    match ← recursionOf p ctor f.type with
    | some r => return (f.var, r) :: more
    | none => return more

def makingOf (p : Parts) (t : Target) (ctor : Name) : Except Stop Making := do
  let some (.ctorInfo c) := p.env.find? ctor | throw (unexpected ctor "the kind")
  let some type := instantiated (c.type.instantiateLevelParams c.levelParams t.levels) t.args
    | throw (unexpected ctor "the type")
  let (fields, made) := opened `field noLimit type
  need (c.numFields == count fields && c.numParams == count t.args) ctor "the number of fields"
  let some (target, indices) := targetOf made [t] | throw (unexpected ctor "the result")
  let value := applied (applied (.const ctor t.levels) t.args) (variables fields)
  return { ctor, fields, recursions := ← recursionsOf p ctor fields
           result := .app (applied target.motive.var indices) value }

/-- What holds by induction of a field that recurses. -/
def hypothesis (f : Expr) (r : Recursion) : Expr :=
  forAll r.arguments (.app (applied r.target.motive.var r.indices) (applied f (variables r.arguments)))

def hypotheses (rs : List (Expr × Recursion)) (i : Nat := 0) : List Bound :=
  match rs with
  | [] => []
  | (f, r) :: rest => { var := variableOf `ih i, type := hypothesis f r } :: hypotheses rest (i + 1)

def Making.minorType (m : Making) : Expr :=
  forAll m.fields (forAll (hypotheses m.recursions) m.result)

/-! ## Recursors -/

/-- Every target's constructors, in order. -/
def makingsOf (p : Parts) : List Target → Except Stop (List (List Making))
  | [] => return []
  | t :: rest => do return (← go t t.info.ctors) :: (← makingsOf p rest)
where
  go (t : Target) : List Name → Except Stop (List Making)
    | [] => return []
    | c :: rest => do return (← makingOf p t c) :: (← go t rest)

def joined {α : Type} : List (List α) → List α
  | [] => []
  | [] :: rest => joined rest
  | (x :: xs) :: rest => x :: joined (xs :: rest)

def minorsOf (ms : List Making) (i : Nat := 0) : List Bound :=
  match ms with
  | [] => []
  | m :: rest => { var := variableOf `minor i, type := m.minorType } :: minorsOf rest (i + 1)

/-- The indices of a target, and the value that its recursor takes apart. -/
def majorOf (env : Kernel.Environment) (info : InductiveVal) (levels : List Level) (args : List Expr) :
    Except Stop (List Bound × Bound) := do
  let some type := instantiated (info.type.instantiateLevelParams info.levelParams levels) args
    | throw (unexpected info.name "the type")
  let (indices, _) := openedUnfolded env `index type
  need (info.numIndices == count indices && info.numParams == count args) info.name "the number of indices"
  let head := applied (.const info.name levels) args
  return (indices, { var := variableOf `major 0, type := applied head (variables indices) })

def followedBy {α : Type} : List α → List α → List α
  | [], ys => ys
  | x :: xs, ys => x :: followedBy xs ys

def motiveType (env : Kernel.Environment) (elim : Level) (info : InductiveVal) (levels : List Level) (args : List Expr) :
    Except Stop Expr := do
  let (indices, major) ← majorOf env info levels args
  return forAll (followedBy indices [major]) (.sort elim)

def Parts.shared (p : Parts) (minors : List Bound) : List Bound :=
  followedBy p.params (followedBy (motivesOf p.targets) minors)

/-- What the recursor of `t` says. -/
def recursorType (p : Parts) (minors : List Bound) (t : Target) : Except Stop Expr := do
  let (indices, major) ← majorOf p.env t.info t.levels t.args
  let result := Expr.app (applied t.motive.var (variables indices)) major.var
  return forAll (followedBy (p.shared minors) (followedBy indices [major])) result

/-- What a hypothesis of the minor premise is in the recursor's rule: the recursor of the field. -/
def ruleArguments (p : Parts) (shared : List Bound) : List (Expr × Recursion) → List Expr
  | [] => []
  | (f, r) :: rest =>
    let recursor := applied (.const r.target.recursor (paramLevels p.recLevelParams)) (variables shared)
    let value := Expr.app (applied recursor r.indices) (applied f (variables r.arguments))
    lambda r.arguments value :: ruleArguments p shared rest

def checkRule (p : Parts) (minors : List Bound) (minor : Expr) (m : Making) (recursor : Name) (rule : RecursorRule) :
    Except Stop Unit := do
  let shared := p.shared minors
  let value := applied (applied minor (variables m.fields)) (ruleArguments p shared m.recursions)
  let what := s!"the rule for {text m.ctor}"
  need (rule.ctor == m.ctor && rule.nfields == count m.fields) recursor what
  need (isAsDue rule.rhs (lambda (followedBy shared m.fields) value)) recursor what
  restateValue p.env p.recLevelParams (forAll (followedBy shared m.fields) m.result) rule.rhs recursor what "4.34.0"

/-- Checks the rules of one recursor; `left` are the minor premises from that of the first rule on. -/
def checkRules (p : Parts) (minors : List Bound) (recursor : Name) (left : List Bound) :
    List Making → List RecursorRule → Except Stop Unit
  | [], [] => .ok ()
  | m :: ms, rule :: rules =>
    match left with
    | minor :: left => do
      checkRule p minors minor.var m recursor rule
      checkRules p minors recursor left ms rules
    | [] => .error (unexpected recursor "the number of rules")
  | _, _ => .error (unexpected recursor "the number of rules")

/-- Whether values of the block can be taken apart by computing which of its constructors made them: `K`. -/
def isK (p : Parts) (level : Level) (all : List (List Making)) : Bool :=
  match level, p.targets, all with
  | .zero, [_], [[m]] => count m.fields == 0
  | _, _, _ => false

def checkRecursor (p : Parts) (minors : List Bound) (isK : Bool) (t : Target) (left : List Bound) (ms : List Making) :
    Except Stop Unit := do
  let n := t.recursor
  let some (.recInfo v) := p.env.find? n | throw (unexpected n "the kind")
  need (sameNames v.levelParams p.recLevelParams) n "the list of universes"
  need (v.numParams == count p.params && v.numMotives == count p.targets && v.numMinors == count minors
    && v.numIndices == t.info.numIndices && v.k == isK && !v.isUnsafe) n "a number"
  need (isAsDue v.type (← recursorType p minors t)) n "the type"
  restate p.env v.levelParams v.type n "the type" "4.32.2"
  checkRules p minors n left ms v.rules

def checkAllRecursors (p : Parts) (minors : List Bound) (isK : Bool) (left : List Bound) :
    List Target → List (List Making) → Except Stop Unit
  | t :: ts, ms :: rest => do
    checkRecursor p minors isK t left ms
    checkAllRecursors p minors isK (splitAt (count ms) left).2 ts rest
  | _, _ => .ok ()

/-! ## Elimination -/

/-- States that every field is a proposition, or stands among the indices that the constructor makes: then what it holds is
no secret, and a proposition may be eliminated into anything. -/
def checkSecrets (p : Parts) (m : Making) (before : List Bound) : List Bound → Except Stop Unit
  | [] => .ok ()
  | f :: rest => do
    if !isAmong f.var (arguments m.result) then
      let bounds := followedBy p.params before
      restateValue p.env p.block.levelParams (forAll bounds (.sort .zero)) (lambda bounds f.type) m.ctor
        "a field that the elimination would give away" "4.33.0"
    checkSecrets p m (followedBy before [f]) rest
where
  isAmong (x : Expr) : List Expr → Bool
    | [] => false
    | a :: rest => a == x || isAmong x rest

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

def lenBelow (n : Nat) (names : List Name) : Bool := count names == n

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
  | first :: _ => own b.types (numTargets - count b.types) first.name
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
  | (_, _, args) :: rest => !noneMentions b args && allUniform args && areNested b params rest
where
  allUniform : List Expr → Bool
    | [] => true
    | a :: rest => isUniform b params a && allUniform rest

def partsOf (env : Kernel.Environment) (b : Block) : Except Stop Parts := do
  let first :: _ := b.types | throw (unexpected .anonymous "the list of types")
  let (params, _) := opened `param b.numParams first.type
  need (count params == b.numParams) first.name "the number of parameters"
  let some (.recInfo v) := env.find? (.str first.name "rec") | throw (unexpected first.name "the recursor")
  let some elim := elimOf b.levelParams v.levelParams | throw (unexpected first.name "the list of universes")
  let some below := instantiated v.type (variables params) | throw (unexpected first.name "the recursor")
  let (motives, _) := opened `motive v.numMotives below
  need (count motives == v.numMotives) first.name "the number of motives"
  let own ← ownHeads env b (variables params) b.types
  let nested ← nestedHeads env (splitAt (count b.types) motives).2
  need (areNested b (variables params) nested) first.name "a nested occurrence"
  let targets ← targetsOf env elim 0 (followedBy own nested) (recursorNames b v.numMotives)
  need (count targets == v.numMotives && areDistinct targets) first.name "the number of motives"
  return { env, block := b, recLevelParams := v.levelParams, elim, params, targets }

def constructorsOf : List InductiveType → List (Name × List Constructor)
  | [] => []
  | t :: rest => (t.name, t.ctors) :: constructorsOf rest

def namesOfCtors : List Constructor → List Name
  | [] => []
  | c :: rest => c.name :: namesOfCtors rest

def checkCtorValue (env : Kernel.Environment) (b : Block) (type : Name) (i : Nat) (c : Constructor) : Except Stop Unit := do
  let some (.ctorInfo v) := env.find? c.name | throw (unexpected c.name "the kind")
  need (v.induct == type && v.cidx == i && v.numParams == b.numParams && !v.isUnsafe) c.name "a number"
  need (sameNames v.levelParams b.levelParams && isAsDue v.type c.type) c.name "the type"
  restate env b.levelParams v.type c.name "the type" "4.32.2"

def checkCtorValues (env : Kernel.Environment) (b : Block) (type : Name) (i : Nat) : List Constructor → Except Stop Unit
  | [] => .ok ()
  | c :: rest => do
    checkCtorValue env b type i c
    checkCtorValues env b type (i + 1) rest

/-- Whether a constructor's type mentions the block but for its result: then the kernel may not treat the type as a plain
structure. -/
def recurses (b : Block) : List Constructor → Bool
  | [] => false
  | c :: rest => paramsMention b (opened `field noLimit c.type).1 || recurses b rest

def anyRecurses (b : Block) : List InductiveType → Bool
  | [] => false
  | t :: rest => recurses b t.ctors || anyRecurses b rest

def checkTypeValues (env : Kernel.Environment) (b : Block) (numNested : Nat) : List InductiveType → Except Stop Unit
  | [] => .ok ()
  | t :: rest => do
    let some (.inductInfo v) := env.find? t.name | throw (unexpected t.name "the kind")
    need (sameNames v.levelParams b.levelParams && isAsDue v.type t.type) t.name "the type"
    need (v.numParams == b.numParams && sameNames v.all b.names && sameNames v.ctors (namesOfCtors t.ctors)
      && v.numNested == numNested && v.isRec == anyRecurses b b.types && !v.isUnsafe) t.name "a number"
    checkCtorValues env b t.name 0 t.ctors
    checkTypeValues env b numNested rest

/-- Everything that the kernel made of the block `b`, in `env`, against what the declaration gives. -/
def checkMade (env : Kernel.Environment) (b : Block) : Except Stop Unit := do
  let first :: _ := b.types | throw (unexpected .anonymous "the list of types")
  let level ← resultLevel env first
  let p ← partsOf env b
  checkTypeValues env b (count p.targets - count b.types) b.types
  let all ← makingsOf p p.targets
  let minors := minorsOf (joined all)
  checkElimination p level all
  checkAllRecursors p minors (isK p level all) minors p.targets all

end Stepwise.Judge
