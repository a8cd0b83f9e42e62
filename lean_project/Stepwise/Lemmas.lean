import Lean.Elab.Frontend
import Lean.LibrarySuggestions.Basic
import Stepwise.Prelude

/-!
# Theorems as the constants that they mention

Constants are hashed into `buckets` integers; two constants in one bucket cost precision and nothing else.
-/

open Lean

namespace Stepwise.Premises

def buckets : Nat := 65536

structure Lemma where
  name : Name
  /-- "eq" and "iff" can be rewritten with, "apply" can only be applied. -/
  kind : String
  /-- Buckets of the constants that have to match: those of the conclusion, or of the left side. -/
  main : List Nat
  /-- Buckets of the others: hypotheses, and the right side. -/
  side : List Nat

/-- How constants are told apart, by their full names or by the last parts of these alone, and whether a statement's
class arguments count. -/
structure Key where
  bucket : Name → Nat
  readsClasses : Bool

/-! ## Reading a statement -/

private def bucketOf (n : Name) : Nat := n.hash.toNat % buckets

private def bucketOfLastPart : Name → Nat
  | .str _ s => s.hash.toNat % buckets
  | n => bucketOf n

def byName : Key := { bucket := bucketOf, readsClasses := false }

/-- `Vector.set`, `Array.set` and `List.set` are one. -/
def byLastPart : Key := { bucket := bucketOfLastPart, readsClasses := true }

def memb (b : Nat) : List Nat → Bool
  | [] => false
  | x :: xs => if x == b then true else memb b xs

def without (xs ys : List Nat) : List Nat := keepL (fun x => !memb x ys) xs

/-- Constants that say nothing about a statement. -/
def ignored (env : Environment) (n : Name) : Bool :=
  Meta.isInstanceCore env n || n == ``OfNat.ofNat || n == ``Eq || n == ``outParam

/-- The vocabulary of logic: nearly every statement may use it, so it weighs next to nothing. -/
def connectives : List Name := [``And, ``Or, ``Not, ``Ne, ``Iff, ``Exists, ``False, ``True, ``ite, ``dite]

partial def bucketsFrom (key : Key) (env : Environment) (ns : Array Name) (i : Nat) (acc : List Nat) : List Nat :=
  if h : i < ns.size then
    let n := ns[i]
    let b := key.bucket n
    let acc := if memb b acc || ignored env n then acc else b :: acc
    bucketsFrom key env ns (i + 1) acc
  else acc

def bucketsOf (key : Key) (env : Environment) (e : Expr) (acc : List Nat) : List Nat :=
  bucketsFrom key env e.getUsedConstants 0 acc

/-- The conclusion of a statement with loose variables, and the buckets of its binders' types. -/
partial def conclusion (key : Key) (env : Environment) (e : Expr) (hyps : List Nat) : Expr × List Nat :=
  match e with
  | .forallE _ t b bi =>
    let isRead := key.readsClasses || !bi.isInstImplicit
    conclusion key env b (if isRead then bucketsOf key env t hyps else hyps)
  | .mdata _ b => conclusion key env b hyps
  | e => (e, hyps)

/-- An equation with a variable on its left can't be rewritten with: it counts as a theorem to apply. -/
def lemmaOf (key : Key) (env : Environment) (name : Name) (type : Expr) : Lemma :=
  let (c, hyps) := conclusion key env type []
  match c with
  | .app (.app (.app (.const ``Eq _) _) l) r => equation "eq" l r hyps c
  | .app (.app (.const ``Iff _) l) r => equation "iff" l r hyps c
  | _ => applied c hyps
where
  applied (c : Expr) (hyps : List Nat) : Lemma :=
    let main := bucketsOf key env c []
    { name, kind := "apply", main, side := without hyps main }
  equation (kind : String) (l r : Expr) (hyps : List Nat) (c : Expr) : Lemma :=
    if l.getAppFn.isConst then
      let main := bucketsOf key env l []
      { name, kind, main, side := without (bucketsOf key env r hyps) main }
    else applied c hyps

/-! ## The theorems of a library -/

/-- Names that Lean gives to theorems it makes by itself. -/
def generated (n : Name) : Bool :=
  match n with
  | .str (.str _ "brecOn") _ | .str (.str _ "below") _ => true
  | .str _ s => s.startsWith "eq_" || s.startsWith "match_" || s == "congr_simp" || s == "injEq" || s == "inj"
      || s == "sizeOf_spec" || s.endsWith "induct" || s.endsWith "induct_unfolding" || s == "fun_cases"
      || s == "brecOn" || s == "below" || s == "rec" || s == "recOn" || s == "casesOn" || s == "noConfusion"
      || s == "noConfusionType" || s == "ctorIdx" || s == "toCtorIdx" || s == "ctorElim" || s == "ctorElimType"
  | _ => false

private def isInternal : Name → Bool
  | .str p s => s == "Internal" || isInternal p
  | .num p _ => isInternal p
  | .anonymous => false

/-- Lean's deny lists leave out what the library calls internal, which its own theorems rest on. -/
private def isDenied (env : Environment) (n : Name) : Bool :=
  if isInternal n then n.isInternalDetail else LibrarySuggestions.isDeniedPremise env n

def isLibraryPremise (env : Environment) (n : Name) (info : ConstantInfo) : Bool :=
  match info with
  | .thmInfo _ | .axiomInfo _ => wasOriginallyTheorem env n && !generated n && !isDenied env n
  | _ => false

partial def addModule (key : Key) (env : Environment) (m : ModuleData) (i : Nat) (acc : Array Lemma) : Array Lemma :=
  if h : i < m.constNames.size then
    if h' : i < m.constants.size then
      let n := m.constNames[i]
      let info := m.constants[i]
      let acc := if isLibraryPremise env n info then acc.push (lemmaOf key env n info.type) else acc
      addModule key env m (i + 1) acc
    else acc
  else acc

/-- The theorems of the modules that aren't `known`. -/
partial def addModules (key : Key) (env : Environment) (known : NameSet) (i : Nat) (acc : Array Lemma) : Array Lemma :=
  if h : i < env.header.moduleNames.size then
    if h' : i < env.header.moduleData.size then
      let isKnown := known.contains env.header.moduleNames[i]
      addModules key env known (i + 1) (if isKnown then acc else addModule key env env.header.moduleData[i] 0 acc)
    else acc
  else acc

end Stepwise.Premises
