import Lean.Elab.Frontend
import Stepwise.Prelude

/-!
# What the constants of a goal are made of

`Std.HashSet.get!` is `Std.HashMap.getKey!` of the map inside. A law of the map often proves the goal about the set as it
stands, since both unfold to the same, and shares no constant with it.
-/

open Lean

namespace Stepwise.Premises

/-- A definition with more constants in its body is no mere name for something else. -/
def mostInside : Nat := 4

private inductive Part where
  /-- A recursor or a match: the definition computes. -/
  | computes
  /-- A proof, a constructor, a field, a type: it says nothing of what the definition is. -/
  | silent
  | says

private def partOf (env : Environment) (n : Name) : Part :=
  match env.find? n with
  | some (.recInfo _) => .computes
  | some (.defnInfo _) | some (.opaqueInfo _) | some (.axiomInfo _) =>
    if Meta.isMatcherCore env n || isCasesOnRecursor env n || isBRecOnRecursor env n then .computes
    else if env.isProjectionFn n && !isClassField n then .silent
    else if wasOriginallyTheorem env n then .silent
    else .says
  | _ => .silent
where
  isClassField (n : Name) : Bool := isClass env n.getPrefix

private partial def said (env : Environment) (ns : Array Name) (i : Nat) (acc : List Name) : Option (List Name) :=
  if h : i < ns.size then
    match partOf env ns[i] with
    | .computes => none
    | .silent => said env ns (i + 1) acc
    | .says => said env ns (i + 1) (ns[i] :: acc)
  else some acc

/-- The constants that an exposed definition is made of, those of instances in their place; none where it recurses,
branches or says much. -/
private def inside (env : Environment) : Nat → Name → List Name
  | 0, _ => []
  | fuel + 1, n =>
    match env.find? n with
    | some (.defnInfo v) =>
      match said env v.value.getUsedConstants 0 [] with
      | some parts =>
        let parts := foldL (fun acc p => appL (if Meta.isInstanceCore env p then inside env fuel p else [p]) acc) [] parts
        if lenL parts ≤ mostInside then parts else []
      | none => []
    | _ => []

private partial def openFrom (env : Environment) (ns : Array Name) (i : Nat) (isChanged : Bool) (acc : Array Name) :
    Array Name :=
  if h : i < ns.size then
    match inside env 2 ns[i] with
    | [] => openFrom env ns (i + 1) isChanged (acc.push ns[i])
    | parts => openFrom env ns (i + 1) true (foldL (fun acc p => acc.push p) acc parts)
  else if isChanged then acc else #[]

/-- A target's constants with definitions replaced by what they are made of; empty if there is nothing to replace. -/
def opened (env : Environment) (target : Array Name) : Array Name := openFrom env target 0 false #[]

end Stepwise.Premises
