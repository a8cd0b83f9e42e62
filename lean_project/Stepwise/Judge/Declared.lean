import Lean.Environment
import Stepwise.Judge.Made

/-!
What a text has declared, read from its environment.
-/

open Lean

public section

namespace Stepwise.Judge

/-- The names that are declared, not imported. -/
partial def localNames (env : Environment) : List Name :=
  node env.constants.map₂.root []
where
  node (n : PersistentHashMap.Node Name ConstantInfo) (acc : List Name) : List Name :=
    match n with
    | .entries es => entries es 0 acc
    | .collision ks _ _ => names ks.toList acc
  names (ks acc : List Name) : List Name :=
    match ks with
    | [] => acc
    | k :: rest => names rest (k :: acc)
  entries (es : Array (PersistentHashMap.Entry Name ConstantInfo (PersistentHashMap.Node Name ConstantInfo))) (i : Nat)
      (acc : List Name) : List Name :=
    if h : i < es.size then
      match es[i] with
      | .entry k _ => entries es (i + 1) (k :: acc)
      | .ref n => entries es (i + 1) (node n acc)
      | .null => entries es (i + 1) acc
    else acc

/-- The environment at the end of a text, and those before each of its commands. -/
structure History where
  final : Environment
  before : Array Environment

/-- The last of the environments `lo … hi - 1` in which `n` is not declared, where it is not in the first of them. -/
def History.search (h : History) (n : Name) (lo hi : Nat) : Nat :=
  if hi ≤ lo + 1 then lo
  else
    let mid := (lo + hi) / 2
    if p : mid < h.before.size then
      if h.before[mid].contains n then h.search n lo mid else h.search n mid hi
    else lo
termination_by hi - lo

/-- The command, by number, that declares `n`; none for what is imported. -/
def History.owner (h : History) (n : Name) : Option Nat :=
  if (h.final.getModuleIdxFor? n).isSome || !h.final.contains n then none else some (h.search n 0 h.before.size)

def ctorsIn (env : Environment) : List Name → List Constructor
  | [] => []
  | n :: rest =>
    match env.find? n with
    | some c => { name := n, type := c.type } :: ctorsIn env rest
    | none => ctorsIn env rest

def typesIn (env : Environment) : List Name → List InductiveType
  | [] => []
  | n :: rest =>
    match env.find? n with
    | some (.inductInfo v) => { name := n, type := v.type, ctors := ctorsIn env v.ctors } :: typesIn env rest
    | _ => typesIn env rest

/-- The declaration whose first type is `n`, if `n` is such a type, and safe. -/
def blockIn (env : Environment) (n : Name) : Option Block :=
  match env.find? n with
  | some (.inductInfo v) =>
    match v.all with
    | first :: _ =>
      if first == n && !v.isUnsafe then
        some { levelParams := v.levelParams, numParams := v.numParams, types := typesIn env v.all }
      else none
    | [] => none
  | _ => none

/-- Why the judge would refuse a block that `env` holds, if it would. -/
def refusalOf (env : Environment) (block : Block) : Option String :=
  match check with
  | .ok _ => none
  | .error stop => some stop.text
where
  check : Except Stop Unit := do
    checkShape env.toKernelEnv block
    checkMade env.toKernelEnv block

/-- Why the judge would refuse the inductive types that `env` declares and `isOld` doesn't know, one text each. -/
def refusals (env : Environment) (isOld : Name → Bool) : List String :=
  go (localNames env)
where
  go : List Name → List String
    | [] => []
    | n :: rest =>
      if isOld n then go rest
      else
        match blockIn env n with
        | none => go rest
        | some block =>
          match refusalOf env block with
          | none => go rest
          | some why => why :: go rest

end Stepwise.Judge
