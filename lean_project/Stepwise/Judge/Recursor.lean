import Lean.Environment
import Stepwise.Judge.Shape
import Stepwise.Judge.Restate

/-!
The recursors of a block of inductive types, worked out here once more and compared with those that the kernel made: their
types, their rules, `K`, and the numbers of parameters, indices, fields, motives and minor premises. Nothing of this is ever
read from an export.

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

def need (holds : Bool) (n : Name) (what : String) : Except Stop Unit :=
  if holds then .ok () else .error (unexpected n what)

def motivesOf (targets : List Target) : List Bound := mapL (·.motive) targets

/-- The target whose head begins `e`, and the indices that follow. -/
def targetOf (e : Expr) : List Target → Option (Target × List Expr)
  | [] => none
  | t :: rest =>
    let (args, indices) := splitAt (lenL t.args) (arguments e)
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
    if noneMentions p.block indices then return some { arguments := kept xs, target, indices }
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
  let some type := instantiated (atLevels c.levelParams t.levels c.type) t.args
    | throw (unexpected ctor "the type")
  let (fields, made) := opened `field noLimit type
  let fields := kept fields
  need (c.numFields == lenL fields && c.numParams == lenL t.args) ctor "the number of fields"
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

def minorsOf (ms : List Making) (i : Nat := 0) : List Bound :=
  match ms with
  | [] => []
  | m :: rest => { var := variableOf `minor i, type := m.minorType } :: minorsOf rest (i + 1)

/-- The indices of a target, and the value that its recursor takes apart. -/
def majorOf (env : Kernel.Environment) (info : InductiveVal) (levels : List Level) (args : List Expr) :
    Except Stop (List Bound × Bound) := do
  let some type := instantiated (atLevels info.levelParams levels info.type) args
    | throw (unexpected info.name "the type")
  let (indices, _) := openedUnfolded env `index type
  need (info.numIndices == lenL indices && info.numParams == lenL args) info.name "the number of indices"
  let head := applied (.const info.name levels) args
  return (kept indices, { var := variableOf `major 0, type := applied head (variables indices) })

def motiveType (env : Kernel.Environment) (elim : Level) (info : InductiveVal) (levels : List Level) (args : List Expr) :
    Except Stop Expr := do
  let (indices, major) ← majorOf env info levels args
  return forAll (appL indices [major]) (.sort elim)

def Parts.shared (p : Parts) (minors : List Bound) : List Bound :=
  appL p.params (appL (motivesOf p.targets) minors)

/-- What the recursor of `t` says. -/
def recursorType (p : Parts) (minors : List Bound) (t : Target) : Except Stop Expr := do
  let (indices, major) ← majorOf p.env t.info t.levels t.args
  let result := Expr.app (applied t.motive.var (variables indices)) major.var
  return forAll (appL (p.shared minors) (appL indices [major])) result

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
  need (rule.ctor == m.ctor && rule.nfields == lenL m.fields) recursor what
  need (rule.rhs == lambda (appL shared m.fields) value) recursor what
  restateValue p.env p.recLevelParams (forAll (appL shared m.fields) m.result) rule.rhs recursor what "4.34.0"

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
  | .zero, [_], [[m]] => lenL m.fields == 0
  | _, _, _ => false

def checkRecursor (p : Parts) (minors : List Bound) (isK : Bool) (t : Target) (left : List Bound) (ms : List Making) :
    Except Stop Unit := do
  let n := t.recursor
  let some (.recInfo v) := p.env.find? n | throw (unexpected n "the kind")
  need (sameNames v.levelParams p.recLevelParams) n "the list of universes"
  need (v.numParams == lenL p.params && v.numMotives == lenL p.targets && v.numMinors == lenL minors
    && v.numIndices == t.info.numIndices && v.k == isK && !v.isUnsafe) n "a number"
  need (v.type == (← recursorType p minors t)) n "the type"
  restate p.env v.levelParams v.type n "the type" "4.32.2"
  checkRules p minors n left ms v.rules

def checkAllRecursors (p : Parts) (minors : List Bound) (isK : Bool) (left : List Bound) :
    List Target → List (List Making) → Except Stop Unit
  | t :: ts, ms :: rest => do
    checkRecursor p minors isK t left ms
    checkAllRecursors p minors isK (splitAt (lenL ms) left).2 ts rest
  | _, _ => .ok ()

end Stepwise.Judge
