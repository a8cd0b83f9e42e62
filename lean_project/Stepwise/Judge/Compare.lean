import Lean.Environment
import Stepwise.Judge.Telescope

/-!
Does the solution's theorem say what the challenge says? The declarations that the two statements reach are compared
as data: types, values, constructors, universe parameters, binder kinds. Names and attributes decide nothing.
-/

open Lean

public section

namespace Stepwise.Judge

def declName : Declaration → Name
  | .axiomDecl v => v.name
  | .thmDecl v => v.name
  | .defnDecl v => v.name
  | .opaqueDecl v => v.name
  | .inductDecl _ _ (t :: _) _ => t.name
  | _ => .anonymous

def find (decls : List Declaration) (n : Name) : Option Declaration :=
  match decls with
  | [] => none
  | d :: rest => if declName d == n then some d else find rest n

def sameConstant (a b : ConstantVal) : Bool :=
  a.name == b.name && sameNames a.levelParams b.levelParams && a.type.equal b.type

def sameCtors : List Constructor → List Constructor → Bool
  | [], [] => true
  | a :: as, b :: bs => a.name == b.name && a.type.equal b.type && sameCtors as bs
  | _, _ => false

def sameTypes : List InductiveType → List InductiveType → Bool
  | [], [] => true
  | a :: as, b :: bs => a.name == b.name && a.type.equal b.type && sameCtors a.ctors b.ctors && sameTypes as bs
  | _, _ => false

def sameSafety (a b : DefinitionVal) : Bool :=
  match a.safety, b.safety with
  | .safe, .safe => true
  | .unsafe, .unsafe => true
  | .partial, .partial => true
  | _, _ => false

/-- Theorems are compared by what they say; everything else entirely. -/
def sameAsItStands : Declaration → Declaration → Bool
  | .axiomDecl a, .axiomDecl b => sameConstant a.toConstantVal b.toConstantVal && a.isUnsafe == b.isUnsafe
  | .thmDecl a, .thmDecl b => sameConstant a.toConstantVal b.toConstantVal
  | .defnDecl a, .defnDecl b =>
    sameConstant a.toConstantVal b.toConstantVal && a.value.equal b.value && sameSafety a b
  | .opaqueDecl a, .opaqueDecl b =>
    sameConstant a.toConstantVal b.toConstantVal && a.value.equal b.value && a.isUnsafe == b.isUnsafe
  | .inductDecl ps k ts u, .inductDecl qs m us v => sameNames ps qs && k == m && u == v && sameTypes ts us
  | _, _ => false

/-- `d` with `f` applied to each of its terms, under these names for itself (but for inductive types) and its universes. -/
def mapTerms (f : Expr → Expr) (name : Name) (levelParams : List Name) (d : Declaration) : Declaration :=
  let constant (c : ConstantVal) : ConstantVal := { name, levelParams, type := f c.type }
  match d with
  | .axiomDecl v => .axiomDecl { v with toConstantVal := constant v.toConstantVal }
  | .thmDecl v => .thmDecl { v with toConstantVal := constant v.toConstantVal }
  | .defnDecl v => .defnDecl { v with toConstantVal := constant v.toConstantVal, value := f v.value }
  | .opaqueDecl v => .opaqueDecl { v with toConstantVal := constant v.toConstantVal, value := f v.value }
  | .inductDecl _ k types u => .inductDecl levelParams k (mapL inType types) u
  | d => d
where
  inType (t : InductiveType) : InductiveType :=
    { t with type := f t.type, ctors := mapL (fun c => { c with type := f c.type }) t.ctors }

/-! ## Universes

Two texts may call the same universe by different names, so the solution's declarations are compared with the challenge's
names for theirs, by position. -/

def levelParamsOf : Declaration → List Name
  | .axiomDecl v => v.levelParams
  | .thmDecl v => v.levelParams
  | .defnDecl v => v.levelParams
  | .opaqueDecl v => v.levelParams
  | .inductDecl ps _ _ _ => ps
  | _ => []

/-- `d` with the universe names of `model`, if it has as many. -/
def withLevelsOf (model d : Declaration) : Declaration :=
  let own := levelParamsOf d
  let wanted := levelParamsOf model
  if sameNames own wanted || lenL own != lenL wanted then d
  else mapTerms (atLevels own (paramLevels wanted)) (declName d) wanted d

/-- Whether `d` says what `model` says, but for the names of universes. -/
def same (model d : Declaration) : Bool := sameAsItStands model (withLevelsOf model d)

/-! ## Auxiliary declarations

Lean makes auxiliary declarations for `match` and for proofs inside terms, and reuses those of an earlier declaration.
With a helper before the theorem, the statement may so rest on `helper.match_1` in place of `t.match_1`. What an auxiliary
declaration of the solution is called is therefore of no account, only what it holds. -/

/-- A name of the solution, and what the challenge calls the same thing. -/
abbrev Renaming := List (Name × Name)

def isAuxiliary : Name → Bool
  | .str _ s => "match_".isPrefixOf s || "_".isPrefixOf s
  | .num p _ => isAuxiliary p
  | .anonymous => false

def renamed (n : Name) : Renaming → Option Name
  | [] => none
  | (a, b) :: rest => if a == n then some b else renamed n rest

def renameExpr (r : Renaming) (e : Expr) : Expr :=
  match r with
  | [] => e
  | _ => e.replace fun
    | .const n ls => match renamed n r with
      | some m => some (.const m ls)
      | none => none
    | _ => none

/-- `d` in the challenge's terms, under the name `name`. -/
def rename (r : Renaming) (name : Name) (d : Declaration) : Declaration :=
  mapTerms (renameExpr r) name (levelParamsOf d) d

/-- Whether two declarations that hold the same are equal to the kernel, so that one may stand for both. Two opaque
constants, axioms or inductive types are not. -/
def isItsContent : Declaration → Bool
  | .thmDecl _ => true
  | .defnDecl _ => true
  | _ => false

/-- An auxiliary declaration of the solution that holds what `d` holds, and that the challenge doesn't have. -/
def counterpart (r : Renaming) (challenge : List Declaration) (d : Declaration) : List Declaration → Option Name
  | [] => none
  | s :: rest =>
    let m := declName s
    if isItsContent s && isAuxiliary m && (find challenge m).isNone && same d (rename r (declName d) s) then some m
    else counterpart r challenge d rest

structure Comparison where
  thm : Name
  challenge : List Declaration
  solution : List Declaration

def Comparison.differs (c : Comparison) (n : Name) (isThere : Bool) : Stop :=
  if n == c.thm then
    if isThere then { kind := "statement", text := s!"{text n} says something else in the solution" }
    else { kind := "missing", text := s!"the solution has no theorem {text n}" }
  else if isThere then
    { kind := "definition", text := s!"{text n}, which the statement rests on, is something else in the solution" }
  else { kind := "definition", text := s!"the statement rests on {text n}, which is not in the solution's" }

/-- Goes through what the challenge's statement reaches, each after what it rests on: it has to be in the solution too. -/
def Comparison.go (c : Comparison) (r : Renaming) : List Declaration → Except Stop Unit
  | [] => .ok ()
  | d :: rest =>
    let n := declName d
    let own := find c.solution n
    let isSame := match own with
      | some s => same d (rename r n s)
      | none => false
    if isSame then c.go r rest
    else if n == c.thm || !isAuxiliary n then .error (c.differs n own.isSome)
    else
      match counterpart r c.challenge d c.solution with
      -- what has the name in the solution is something else: it must not pass for the challenge's
      | some m => c.go ((m, n) :: (n, .str n judgesOwn) :: r) rest
      | none => .error (c.differs n own.isSome)

/-- `challenge` holds exactly what the challenge's statement reaches: the solution's has to rest on the same. -/
def compareAll (thm : Name) (challenge solution : List Declaration) : Except Stop Unit :=
  Comparison.go { thm, challenge, solution } [] challenge

end Stepwise.Judge
