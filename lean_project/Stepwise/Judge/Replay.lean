import Lean.Environment
import Lean.AddDecl
import Lean.Util.CollectAxioms
import Stepwise.Judge.Compare
import Stepwise.Judge.Projection
import Stepwise.Judge.Hidden

/-!
Every declaration of the solution goes through the kernel again, on top of the imports alone and without any option,
so what happened while it was elaborated (`debug.skipKernelTC`, changes to the environment) has no influence. The
axioms are read from the environment that comes out.

Around inductive types and projections, where released kernels are known to be wrong, there are walls of our own: `Shape`
before the kernel, `Made` and `Projection` behind it.
-/

open Lean

public section

namespace Stepwise.Judge

/-- The kernel computes with these by name, whatever their definition says: they have to be the library's own. -/
def builtin : List Name :=
  [``Nat, ``Nat.zero, ``Nat.succ, ``Nat.add, ``Nat.sub, ``Nat.mul, ``Nat.div, ``Nat.mod, ``Nat.gcd, ``Nat.beq, ``Nat.ble,
   ``Nat.land, ``Nat.lor, ``Nat.xor, ``Nat.shiftLeft, ``Nat.shiftRight, ``Nat.pow, ``Nat.log2, ``Nat.pred, ``String,
   ``String.ofList, ``Char, ``Char.ofNat, ``List, ``List.nil, ``List.cons, ``Bool, ``Bool.true, ``Bool.false, ``Eq, ``Quot,
   ``Lean.reduceBool, ``Lean.reduceNat, ``eagerReduce, ``sorryAx, ``propext, ``Classical.choice, ``Quot.sound]

def notSafe : Declaration → Bool
  | .axiomDecl v => v.isUnsafe
  | .defnDecl v => match v.safety with | .safe => false | _ => true
  | .opaqueDecl v => v.isUnsafe
  | .inductDecl _ _ _ u => u
  | _ => false

def ctorNames : List Constructor → List Name → List Name
  | [], acc => acc
  | c :: rest, acc => ctorNames rest (c.name :: acc)

def typeNames : List InductiveType → List Name → List Name
  | [], acc => acc
  | t :: rest, acc => typeNames rest (t.name :: ctorNames t.ctors acc)

/-- Every name that `d` declares, but for recursors. -/
def declared : Declaration → List Name
  | .inductDecl _ _ types _ => typeNames types []
  | d => [declName d]

def firstReserved : List Name → Option Name
  | [] => none
  | n :: rest => if hasName builtin n then some n else firstReserved rest

def blockOf : Declaration → Option Block
  | .inductDecl levelParams numParams types _ => some { levelParams, numParams, types }
  | _ => none

def replay (env : Kernel.Environment) : List Declaration → Except Stop Kernel.Environment
  | [] => .ok env
  | d :: rest => do
    let n := declName d
    match firstReserved (declared d) with
    | some m => throw { kind := "reserved", text := s!"{text m} is one of the names that the kernel computes with" }
    | none => pure ()
    if notSafe d then
      throw { kind := "unsafe", text := s!"{text n} is unsafe or partial" }
    let block? := blockOf d
    if let some block := block? then checkShape env block
    match env.addDeclCore 0 d none with
    | .ok env => do
      if let some block := block? then checkMade env block
      replay env rest
    | .error e => .error (kernelStop n e)

/-- The inductive types among the declarations. -/
def inductives : List Declaration → List Name
  | [] => []
  | .inductDecl _ _ types _ :: rest => appL (namesOfTypes types) (inductives rest)
  | _ :: rest => inductives rest

/-- An imported constant that looks like an axiom need not be one: Lean's module system exports theorems without their
proofs and definitions without their values, and keeps the original kind beside them. -/
def isTrueAxiom (env : Environment) (n : Name) : Bool :=
  match env.getModuleIdxFor? n with
  | none => true
  | some _ =>
    match getOriginalConstKind? env n with
    | some .axiom => true
    | some _ => false
    | none => true

def trueAxioms (env : Environment) : List Name → List Name
  | [] => []
  | n :: rest => if isTrueAxiom env n then n :: trueAxioms env rest else trueAxioms env rest

/-- What a proof may rest on. -/
def standardAxioms : List Name := [``propext, ``Classical.choice, ``Quot.sound]

def notAmong (allowed : List Name) : List Name → List Name
  | [] => []
  | n :: rest => if hasName allowed n then notAmong allowed rest else n :: notAmong allowed rest

def checkAxioms (env : Environment) (thm : Name) : Except Stop (List Name) := do
  let ((), found) := ((CollectAxioms.collect thm).run env).run {}
  let axioms := trueAxioms env found.axioms.toList
  match notAmong standardAxioms axioms with
  | [] => return axioms
  | bad =>
    throw { kind := "axiom", text := s!"the proof rests on {nameList bad}" }

end Stepwise.Judge
