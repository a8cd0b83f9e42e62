import Lean.Environment
import Stepwise.Judge.Made

/-!
Projections: each names a field that its structure has, and out of a proposition it gives a proposition only. The kernel
decides whether a value's type is a proposition by reducing a sort, which can be stuck (lean4#14807, #14843); here the
structure's declaration decides, once for each field that any term of a proof reads.

One thing is left to the kernel: where a structure's type ends in `Prop` as it is written, nothing can be stuck, and
whether a field of a type that is a parameter (`Exists.intro (w : α)`) is a proposition depends on each value.
-/

open Lean

public section

namespace Stepwise.Judge

/-- `structure` and number of a field that some term reads. -/
abbrev Field := Name × Nat

def badProjection (f : Field) : Stop :=
  refused s!"a term reads field {f.2} of {text f.1}, which has no such field" "4.33.0"

def dependsOn (x : Expr) (result : Expr) : List Bound → Bool
  | [] => (result.abstract #[x]).hasLooseBVars
  | b :: rest => (b.type.abstract #[x]).hasLooseBVars || dependsOn x result rest

/-- Whether a type ends in `Prop`, written as such. -/
def endsInProp : Expr → Bool
  | .forallE _ _ body _ => endsInProp body
  | .sort .zero => true
  | _ => false

/-- States that the field is a proposition, and so are those before it that it may mention; but for those of the `given`
types, of which the kernel sees at each value what they are. -/
def checkProof (env : Kernel.Environment) (f : Field) (levelParams : List Name) (given : List Bound) (result : Expr)
    (before : List Bound) (left : Nat) : List Bound → Except Stop Unit
  | [] => .error (badProjection f)
  | b :: rest => do
    if (left == 0 || dependsOn b.var result rest) && !anyL (fun p => p.var == b.type) given then
      restateValue env levelParams (forAll before (.sort .zero)) (lambda before b.type) f.1
        "the proposition in a field that a term reads" "4.34.0"
    match left with
    | 0 => return ()
    | left + 1 => checkProof env f levelParams given result (appL before [b]) left rest

def checkProjection (env : Kernel.Environment) (f : Field) : Except Stop Unit := do
  let some (.inductInfo v) := env.find? f.1 | throw (badProjection f)
  let [ctor] := v.ctors | throw (badProjection f)
  let some (.ctorInfo c) := env.find? ctor | throw (badProjection f)
  unless f.2 < c.numFields do throw (badProjection f)
  let level ← resultLevel env { name := f.1, type := v.type, ctors := [] }
  if isAlwaysZero level then
    let (params, below) := opened `param v.numParams c.type
    let (fields, result) := opened `field noLimit below
    checkProof env f v.levelParams (if endsInProp v.type then params else []) result params f.2 fields

def checkProjections (env : Kernel.Environment) : List Field → Except Stop Unit
  | [] => .ok ()
  | f :: rest => do
    checkProjection env f
    checkProjections env rest

end Stepwise.Judge
