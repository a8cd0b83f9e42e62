import Lean.Environment
import Stepwise.Judge.Basic

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

def sameNames : List Name → List Name → Bool
  | [], [] => true
  | a :: as, b :: bs => a == b && sameNames as bs
  | _, _ => false

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
def same : Declaration → Declaration → Bool
  | .axiomDecl a, .axiomDecl b => sameConstant a.toConstantVal b.toConstantVal && a.isUnsafe == b.isUnsafe
  | .thmDecl a, .thmDecl b => sameConstant a.toConstantVal b.toConstantVal
  | .defnDecl a, .defnDecl b =>
    sameConstant a.toConstantVal b.toConstantVal && a.value.equal b.value && sameSafety a b
  | .opaqueDecl a, .opaqueDecl b =>
    sameConstant a.toConstantVal b.toConstantVal && a.value.equal b.value && a.isUnsafe == b.isUnsafe
  | .inductDecl ps k ts u, .inductDecl qs m us v => sameNames ps qs && k == m && u == v && sameTypes ts us
  | _, _ => false

/-- `challenge` holds exactly what the challenge's statement reaches: each has to be in the solution, the same. -/
def compareAll (thm : Name) (solution : List Declaration) : List Declaration → Except Stop Unit
  | [] => .ok ()
  | d :: rest => do
    let n := declName d
    match find solution n with
    | none =>
      .error (if n == thm then { kind := "missing", text := s!"the solution has no theorem {text thm}" }
        else { kind := "definition", text := s!"the statement rests on {text n}, which is not the solution's" })
    | some s =>
      if same d s then compareAll thm solution rest
      else .error (if n == thm then { kind := "statement", text := s!"{text thm} says something else in the solution" }
        else { kind := "definition", text := s!"{text n}, which the statement rests on, is something else in the solution" })

end Stepwise.Judge
