import Lean.Environment
import Stepwise.Judge.Basic

/-!
Types taken apart and put together again, for the walls around inductive types (`Shape`, `Recursor`).

Written for the kernel's terms, without elaboration: binders become free variables with names of our own, and a type is
unfolded by δ, β and ζ alone. What would take more (a recursor, a projection, a `match`) stays as it is, since how far these
reduce is just what the kernel's bugs are about.
-/

open Lean

public section

namespace Stepwise.Judge

/-- A refusal that an inductive type or a projection meets; `mended` is the Lean release whose kernel refuses it, too. -/
def refused (text mended : String) : Stop :=
  { kind := "inductive", text := s!"{text} (Lean's kernel refuses this since {mended})" }

/-! What is unfolded need not be well-typed yet, so it need not end: -/

/-- so many unfoldings in one place at most, -/
def maxUnfoldings : Nat := 200

/-- and so many ∀s of which each takes unfolding to be seen. -/
def maxUnfolded : Nat := 500

/-- `l` at other levels for its parameters, and otherwise as it is: Lean's own function would simplify it. -/
def levelAt (names : List Name) (levels : List Level) (l : Level) : Level :=
  match l with
  | .zero => .zero
  | .succ a => .succ (levelAt names levels a)
  | .max a b => .max (levelAt names levels a) (levelAt names levels b)
  | .imax a b => .imax (levelAt names levels a) (levelAt names levels b)
  | .param n => look n names levels
  | l => l
where
  look (n : Name) : List Name → List Level → Level
    | m :: names, l :: levels => if m == n then l else look n names levels
    | _, _ => .param n

/-- `e` at other levels for its universe parameters. -/
def atLevels (names : List Name) (levels : List Level) (e : Expr) : Expr :=
  match names with
  | [] => e
  | _ => e.replace fun
    | .sort l => some (.sort (levelAt names levels l))
    | .const n ls => some (.const n (mapL (levelAt names levels) ls))
    | _ => none

def applied (f : Expr) : List Expr → Expr
  | [] => f
  | a :: rest => applied (.app f a) rest

/-- The arguments of an application, in order, before `acc`. -/
def argumentsBefore (acc : List Expr) : Expr → List Expr
  | .app f a => argumentsBefore (a :: acc) f
  | _ => acc

def arguments (e : Expr) : List Expr := argumentsBefore [] e

def headOf : Expr → Expr
  | .app f _ => headOf f
  | e => e

/-- `f` applied to `args`, without the redexes that this makes at its head. -/
def betaApplied (f : Expr) : List Expr → Expr
  | [] => f
  | a :: rest =>
    match f with
    | .lam _ _ b _ => betaApplied (b.instantiate1 a) rest
    | _ => applied f (a :: rest)

/-- `e` with its head unfolded by δ, β and ζ until it is neither a definition nor a redex nor a `let`. -/
def unfolded (env : Kernel.Environment) (e : Expr) (fuel : Nat := maxUnfoldings) : Expr :=
  match fuel with
  | 0 => e
  | fuel + 1 =>
    match headOf e with
    | .mdata _ a => unfolded env (betaApplied a (arguments e)) fuel
    | .const n ls =>
      match env.find? n with
      | some (.defnInfo v) =>
        match v.safety with
        | .safe => unfolded env (betaApplied (atLevels v.levelParams ls v.value) (arguments e)) fuel
        | _ => e
      | _ => e
    | .letE _ _ v b _ => unfolded env (betaApplied (b.instantiate1 v) (arguments e)) fuel
    | .lam n t b i =>
      match e with
      | .app .. => unfolded env (betaApplied (.lam n t b i) (arguments e)) fuel
      | _ => e
    | _ => e

/-- A binder's type as the kernel keeps it: without metadata, and without the notes of default arguments and of output
parameters. -/
def consumed (type : Expr) : Expr :=
  match type with
  | .mdata _ a => consumed a
  | .app f a =>
    match f with
    | .const n _ => if n == ``outParam || n == ``semiOutParam then consumed a else type
    | .app (.const n _) b => if n == ``optParam || n == ``autoParam then consumed b else type
    | _ => type
  | _ => type

/-- A binder that is a free variable now. -/
structure Bound where
  var : Expr
  type : Expr

/-- The variables with their types as the kernel keeps them. -/
def kept (bounds : List Bound) : List Bound := mapL (fun b => { b with type := consumed b.type }) bounds

/-- The free variable `i` of those that play `role`. -/
def variableOf (role : Name) (i : Nat) : Expr := .fvar ⟨.num role i⟩

/-- The ∀s at the head of `type`, at most `limit`, as free variables from number `first` on, and what is below them. -/
def opened (role : Name) (limit : Nat) (type : Expr) (first : Nat := 0) : List Bound × Expr :=
  match limit, type with
  | limit + 1, .forallE _ t b _ =>
    let x := variableOf role first
    let (more, rest) := opened role limit (b.instantiate1 x) (first + 1)
    ({ var := x, type := t } :: more, rest)
  | _, _ => ([], type)

/-- The same, with what is between the ∀s unfolded; what is below them is unfolded, too, unless there are too many. -/
def openedUnfolded (env : Kernel.Environment) (role : Name) (type : Expr) (first : Nat := 0) (fuel : Nat := maxUnfolded) :
    List Bound × Expr :=
  match fuel, unfolded env type with
  | fuel + 1, .forallE _ t b _ =>
    let x := variableOf role first
    let (more, rest) := openedUnfolded env role (b.instantiate1 x) (first + 1) fuel
    ({ var := x, type := t } :: more, rest)
  | _, e => ([], e)

/-- More ∀s than any type that fits into memory has. -/
def noLimit : Nat := 1_000_000

def variables (bounds : List Bound) : List Expr := mapL (·.var) bounds

def forAllBelow (vars : Array Expr) (i : Nat) (bounds : List Bound) (e : Expr) : Expr :=
  match bounds with
  | [] => e.abstract vars
  | b :: rest => .forallE `a (b.type.abstractRange i vars) (forAllBelow vars (i + 1) rest e) .default

def lambdaBelow (vars : Array Expr) (i : Nat) (bounds : List Bound) (e : Expr) : Expr :=
  match bounds with
  | [] => e.abstract vars
  | b :: rest => .lam `a (b.type.abstractRange i vars) (lambdaBelow vars (i + 1) rest e) .default

/-- The ∀ over all these variables of `e`. -/
def forAll (bounds : List Bound) (e : Expr) : Expr := forAllBelow (variables bounds).toArray 0 bounds e

def lambda (bounds : List Bound) (e : Expr) : Expr := lambdaBelow (variables bounds).toArray 0 bounds e

/-- `type` below its first ∀s, for these arguments; none if it has fewer. -/
def instantiated (type : Expr) : List Expr → Option Expr
  | [] => some type
  | a :: rest =>
    match type with
    | .forallE _ _ b _ => instantiated (b.instantiate1 a) rest
    | _ => none

/-- The first `n` of a list, and the others. -/
def splitAt {α : Type} : Nat → List α → List α × List α
  | 0, xs => ([], xs)
  | _, [] => ([], [])
  | n + 1, x :: xs =>
    let (firsts, others) := splitAt n xs
    (x :: firsts, others)

def paramLevels (names : List Name) : List Level := mapL (fun n => .param n) names

/-- Whether `e` mentions one of the constants. -/
def mentions (names : List Name) (e : Expr) : Bool := anyL (hasName names) e.getUsedConstants.toList

/-! ## Levels -/

/-- Whether a level is 0 whatever its parameters are. -/
def isAlwaysZero : Level → Bool
  | .zero => true
  | .max a b => isAlwaysZero a && isAlwaysZero b
  | .imax _ b => isAlwaysZero b
  | _ => false

/-- Whether a level is above 0 whatever its parameters are. -/
def isNeverZero : Level → Bool
  | .succ _ => true
  | .max a b => isNeverZero a || isNeverZero b
  | .imax _ b => isNeverZero b
  | _ => false

/-- Whether a level has a part that is always 0 and is not written so. -/
def hidesZero (l : Level) : Bool :=
  match l with
  | .zero => false
  | .succ a => hidesZero a
  | .max a b => isAlwaysZero l || hidesZero a || hidesZero b
  | .imax a b => isAlwaysZero l || hidesZero a || hidesZero b
  | _ => false

end Stepwise.Judge
