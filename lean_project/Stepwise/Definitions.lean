import Stepwise.Premises

/-! # The definitions that a goal could unfold, as premises -/

open Lean

namespace Stepwise.Premises

/-- A definition of the goal's own file scores this (in thousandths), more than any theorem. -/
def ownDefinition : Nat := 2000

def isOwn (env : Environment) (n : Name) : Bool := (env.getModuleIdxFor? n).isNone

def nameIn (n : Name) : List Name → Bool
  | [] => false
  | m :: ms => m == n || nameIn n ms

private def isOfTypes : Expr → Bool
  | .forallE _ _ b _ | .mdata _ b => isOfTypes b
  | .sort u => !u.isZero
  | _ => false

/-- A definition that a proof may want to unfold: the library's names for types say nothing. -/
def unfoldable (env : Environment) (n : Name) : Option DefinitionVal :=
  match env.find? n with
  | some (.defnInfo v) =>
    if n == ``Ne || n == ``Not || n == ``inferInstance || n.isInternalDetail || generated n || Meta.isInstanceCore env n
        || Meta.isMatcherCore env n || env.isProjectionFn n || (!isOwn env n && isOfTypes v.type) then none
    else some v
  | _ => none

/-- The definitions among `todo`, first mentioned first; those of the own file bring what their bodies mention. -/
partial def definitions (env : Environment) (acc : List Name) : List Name → List Name
  | [] => acc
  | n :: ns =>
    if nameIn n acc then definitions env acc ns
    else
      match unfoldable env n with
      | none => definitions env acc ns
      | some v =>
        let more := if isOwn env n then keepL (isOwn env) (listFrom v.value.getUsedConstants) else []
        definitions env (n :: acc) (appL ns more)

def definitionPremise (env : Environment) (n : Name) : Premise :=
  { name := n, kind := "def", score := if isOwn env n then ownDefinition else 1 }

/-- The definitions of `target` and (after them) of `hyps`. -/
def definitionsOf (env : Environment) (target : Expr) (hyps : List Expr) : List Premise :=
  let mentioned := foldL (fun acc (e : Expr) => appL acc (listFrom e.getUsedConstants)) [] (target :: hyps)
  mapL (definitionPremise env) (atMost 12 (revL (definitions env [] mentioned)))
where
  atMost : Nat → List Name → List Name
    | 0, _ => []
    | _, [] => []
    | n + 1, x :: xs => x :: atMost n xs

end Stepwise.Premises
