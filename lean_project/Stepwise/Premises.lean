import Lean
import Stepwise.Prelude

/-!
# Premise selection

For a goal: theorems that speak of the same constants, best first, and the definitions that it could unfold.
The library's index is built once for an import list, by one pass over its theorems. A query walks the postings of the
goal's rarest constants only, so that it takes milliseconds although this code is interpreted.

Constants are hashed into `buckets` integers; two constants in one bucket cost precision and nothing else.
Weights are integers (a logarithm in sixteenths), because a `Float` would be boxed.
-/

open Lean

namespace Stepwise.Premises

def buckets : Nat := 65536

/-- How many postings one query may walk. -/
def walkLimit : Nat := 2500

/-- Scores are in thousandths. A definition of the goal's own file scores this, more than any theorem. -/
def ownDefinition : Nat := 2000

structure Lemma where
  name : Name
  /-- "eq" and "iff" can be rewritten with, "apply" can only be applied. -/
  kind : String
  /-- Buckets of the constants that have to match: those of the conclusion, or of the left side. -/
  main : List Nat
  /-- Buckets of the others: hypotheses, and the right side. -/
  side : List Nat

structure Index where
  lemmas : Array Lemma
  /-- bucket ↦ positions in `lemmas` -/
  postings : Array (List Nat)
  /-- bucket ↦ number of theorems that mention it -/
  counts : Array Nat
  /-- bucket ↦ inverse document frequency -/
  weights : Array Nat
  modules : NameSet

structure Premise where
  name : Name
  kind : String
  score : Nat

/-! ## Reading a statement -/

def bucket (n : Name) : Nat := n.hash.toNat % buckets

def memb (b : Nat) : List Nat → Bool
  | [] => false
  | x :: xs => if x == b then true else memb b xs

def without (xs ys : List Nat) : List Nat := keepL (fun x => !memb x ys) xs

/-- Constants that say nothing about a statement. -/
def ignored (env : Environment) (n : Name) : Bool :=
  Meta.isInstanceCore env n || n == ``OfNat.ofNat || n == ``Eq || n == ``outParam

/-- The vocabulary of logic: nearly every statement may use it, so it weighs next to nothing. -/
def connectives : List Name := [``And, ``Or, ``Not, ``Ne, ``Iff, ``Exists, ``False, ``True, ``ite, ``dite]

partial def bucketsFrom (env : Environment) (ns : Array Name) (i : Nat) (acc : List Nat) : List Nat :=
  if h : i < ns.size then
    let n := ns[i]
    let b := bucket n
    if memb b acc || ignored env n then bucketsFrom env ns (i + 1) acc else bucketsFrom env ns (i + 1) (b :: acc)
  else acc

def bucketsOf (env : Environment) (e : Expr) (acc : List Nat) : List Nat :=
  bucketsFrom env e.getUsedConstants 0 acc

/-- The conclusion of a statement with loose variables, and the buckets of its binders' types. -/
partial def conclusion (env : Environment) (e : Expr) (hyps : List Nat) : Expr × List Nat :=
  match e with
  | .forallE _ t b bi => conclusion env b (if bi.isInstImplicit then hyps else bucketsOf env t hyps)
  | .mdata _ b => conclusion env b hyps
  | e => (e, hyps)

/-- An equation with a variable on its left can't be rewritten with: it counts as a theorem to apply. -/
def lemmaOf (env : Environment) (name : Name) (type : Expr) : Lemma :=
  let (c, hyps) := conclusion env type []
  match c with
  | .app (.app (.app (.const ``Eq _) _) l) r => equation "eq" l r hyps c
  | .app (.app (.const ``Iff _) l) r => equation "iff" l r hyps c
  | _ => applied c hyps
where
  applied (c : Expr) (hyps : List Nat) : Lemma :=
    let main := bucketsOf env c []
    { name, kind := "apply", main, side := without hyps main }
  equation (kind : String) (l r : Expr) (hyps : List Nat) (c : Expr) : Lemma :=
    if l.getAppFn.isConst then
      let main := bucketsOf env l []
      { name, kind, main, side := without (bucketsOf env r hyps) main }
    else applied c hyps

/-! ## The index of a library -/

/-- Names that Lean gives to theorems it makes by itself. -/
def generated (n : Name) : Bool :=
  match n with
  | .str (.str _ "brecOn") _ | .str (.str _ "below") _ => true
  | .str _ s => s.startsWith "eq_" || s.startsWith "match_" || s == "congr_simp" || s == "injEq" || s == "inj"
      || s == "sizeOf_spec" || s.endsWith "induct" || s.endsWith "induct_unfolding" || s == "fun_cases"
      || s == "brecOn" || s == "below" || s == "rec" || s == "recOn" || s == "casesOn" || s == "noConfusion"
      || s == "noConfusionType" || s == "ctorIdx" || s == "toCtorIdx" || s == "ctorElim" || s == "ctorElimType"
  | _ => false

def isLibraryPremise (env : Environment) (n : Name) (info : ConstantInfo) : Bool :=
  match info with
  | .thmInfo _ | .axiomInfo _ => wasOriginallyTheorem env n && !generated n && !LibrarySuggestions.isDeniedPremise env n
  | _ => false

partial def addModule (env : Environment) (m : ModuleData) (i : Nat) (acc : Array Lemma) : Array Lemma :=
  if h : i < m.constNames.size then
    if h' : i < m.constants.size then
      let n := m.constNames[i]
      let info := m.constants[i]
      addModule env m (i + 1) (if isLibraryPremise env n info then acc.push (lemmaOf env n info.type) else acc)
    else acc
  else acc

partial def addModules (env : Environment) (ms : Array ModuleData) (i : Nat) (acc : Array Lemma) : Array Lemma :=
  if h : i < ms.size then addModules env ms (i + 1) (addModule env ms[i] 0 acc) else acc

def countAll (counts : Array Nat) : List Nat → Array Nat
  | [] => counts
  | b :: bs => countAll (counts.set! b (counts[b]! + 1)) bs

def postAll (i : Nat) (postings : Array (List Nat)) : List Nat → Array (List Nat)
  | [] => postings
  | b :: bs =>
    let old := postings[b]!
    postAll i (postings.set! b (i :: old)) bs

partial def countLemmas (ls : Array Lemma) (i : Nat) (counts : Array Nat) : Array Nat :=
  if h : i < ls.size then countLemmas ls (i + 1) (countAll (countAll counts ls[i].main) ls[i].side) else counts

partial def postLemmas (ls : Array Lemma) (i : Nat) (postings : Array (List Nat)) : Array (List Nat) :=
  if h : i < ls.size then postLemmas ls (i + 1) (postAll i (postAll i postings ls[i].main) ls[i].side) else postings

/-- An inverse document frequency: 16 * log2 of the share of theorems that mention a constant. -/
def weightOf (total count : Nat) : Nat :=
  let ratio := total / (count + 1) + 1
  let whole := Nat.log2 ratio
  16 * whole + (16 * (ratio - 2 ^ whole)) / 2 ^ whole + 1

partial def weigh (total : Nat) (counts : Array Nat) (i : Nat) (acc : Array Nat) : Array Nat :=
  if h : i < counts.size then weigh total counts (i + 1) (acc.push (weightOf total counts[i])) else acc

partial def modulesOf (names : Array Name) (i : Nat) (acc : NameSet) : NameSet :=
  if h : i < names.size then modulesOf names (i + 1) (acc.insert names[i]) else acc

def lighten (weights : Array Nat) : List Name → Array Nat
  | [] => weights
  | n :: ns => lighten (weights.set! (bucket n) 4) ns

def build (env : Environment) : Index :=
  let lemmas := addModules env env.header.moduleData 0 #[]
  let counts := countLemmas lemmas 0 (Array.replicate buckets 0)
  { lemmas, counts, postings := postLemmas lemmas 0 (Array.replicate buckets [])
    weights := lighten (weigh lemmas.size counts 0 #[]) connectives, modules := modulesOf env.header.moduleNames 0 {} }

partial def allIn (names : Array Name) (i : Nat) (set : NameSet) : Bool :=
  if h : i < names.size then set.contains names[i] && allIn names (i + 1) set else true

/-- Whether the index was made from all that `env` imports, and maybe more. -/
def Index.covers (ix : Index) (env : Environment) : Bool := allIn env.header.moduleNames 0 ix.modules

/-! ## Scores -/

structure Query where
  /-- bucket ↦ what a mention is worth: twice its weight for a constant of the target, once for one that only
  hypotheses mention, 0 for any other. -/
  worth : Array Nat
  /-- The target's constants, all together. -/
  targetWorth : Nat

def gain (a : Array Nat) : List Nat → Nat → Nat
  | [], n => n
  | b :: bs, n => gain a bs (n + a[b]!)

/-- The weighted share of the lemma's constants that the goal mentions, with a smaller part for the share of the
target that the lemma speaks of. The side of a lemma counts half. -/
def scoreOf (ix : Index) (q : Query) (l : Lemma) : Nat :=
  let hit := gain q.worth l.main 0 + gain q.worth l.side 0 / 2
  let total := 2 * gain ix.weights l.main 0 + gain ix.weights l.side 0 + 8
  (1000 * hit / total) * (600 + 400 * Nat.min hit q.targetWorth / (q.targetWorth + 1)) / 1000

def setWorth (ix : Index) (factor : Nat) (worth : Array Nat) : List Nat → Array Nat
  | [] => worth
  | b :: bs => setWorth ix factor (worth.set! b (factor * ix.weights[b]!)) bs

def queryOf (ix : Index) (target hyps : List Nat) : Query :=
  let worth := setWorth ix 2 (setWorth ix 1 (Array.replicate buckets 0) hyps) target
  { worth, targetWorth := gain worth target 0 }

/-! ## The best premises of a goal -/

/-- The best so far, best first, and the score to beat once there are enough. -/
structure Best where
  items : List Premise := []
  worst : Nat := 0

def cut : Nat → List Premise → List Premise
  | 0, _ => []
  | _, [] => []
  | n + 1, q :: qs => q :: cut n qs

def insertAt (p : Premise) (limit : Nat) : List Premise → List Premise
  | [] => if limit == 0 then [] else [p]
  | q :: qs =>
    if limit == 0 then []
    else if q.score < p.score then p :: cut (limit - 1) (q :: qs)
    else q :: insertAt p (limit - 1) qs

def lastScore (limit : Nat) : List Premise → Nat
  | [] => 0
  | [p] => if limit == 1 then p.score else 0
  | _ :: ps => lastScore (limit - 1) ps

/-- The index may know lemmas that `env` doesn't import: they are passed over. -/
def Best.offer (best : Best) (env : Environment) (limit score : Nat) (l : Lemma) : Best :=
  if score ≤ best.worst || !env.contains l.name then best
  else
    let items := insertAt { name := l.name, kind := l.kind, score } limit best.items
    { items, worst := lastScore limit items }

partial def walkPostings (ix : Index) (env : Environment) (q : Query) (limit : Nat) (seen : Array Bool) (best : Best) :
    List Nat → Array Bool × Best
  | [] => (seen, best)
  | i :: is =>
    if seen[i]! then walkPostings ix env q limit seen best is
    else
      match ix.lemmas[i]? with
      | none => walkPostings ix env q limit seen best is
      | some l => walkPostings ix env q limit (seen.set! i true) (best.offer env limit (scoreOf ix q l) l) is

partial def walk (ix : Index) (env : Environment) (q : Query) (limit budget : Nat) (seen : Array Bool) (best : Best) :
    List Nat → Best
  | [] => best
  | b :: bs =>
    let n := ix.counts[b]!
    if budget < n then best
    else
      let (seen, best) := walkPostings ix env q limit seen best (ix.postings[b]!)
      walk ix env q limit (budget - n) seen best bs

/-- Rarest first. -/
def insertRare (ix : Index) (b : Nat) : List Nat → List Nat
  | [] => [b]
  | c :: cs => if ix.counts[b]! ≤ ix.counts[c]! then b :: c :: cs else c :: insertRare ix b cs

/-! ## The goal's own file -/

mutual
partial def ownNode (node : PersistentHashMap.Node Name ConstantInfo) (acc : List ConstantInfo) : List ConstantInfo :=
  match node with
  | .entries es => ownEntries es 0 acc
  | .collision _ vs _ => ownValues vs 0 acc
partial def ownEntries (es : Array (PersistentHashMap.Entry Name ConstantInfo
    (PersistentHashMap.Node Name ConstantInfo))) (i : Nat) (acc : List ConstantInfo) : List ConstantInfo :=
  if h : i < es.size then
    match es[i] with
    | .entry _ v => ownEntries es (i + 1) (v :: acc)
    | .ref n => ownEntries es (i + 1) (ownNode n acc)
    | .null => ownEntries es (i + 1) acc
  else acc
partial def ownValues (vs : Array ConstantInfo) (i : Nat) (acc : List ConstantInfo) : List ConstantInfo :=
  if h : i < vs.size then ownValues vs (i + 1) (vs[i] :: acc) else acc
end

/-- What the file itself has declared so far. -/
def ownConstants (env : Environment) : List ConstantInfo := ownNode env.constants.map₂.root []

def offerOwn (ix : Index) (env : Environment) (q : Query) (limit : Nat) (best : Best) (info : ConstantInfo) : Best :=
  match info with
  | .thmInfo v =>
    if v.name.isInternalDetail || generated v.name then best
    else
      let l := lemmaOf env v.name v.type
      best.offer env limit (scoreOf ix q l) l
  | _ => best

def isOwn (env : Environment) (n : Name) : Bool := (env.getModuleIdxFor? n).isNone

def nameIn (n : Name) : List Name → Bool
  | [] => false
  | m :: ms => m == n || nameIn n ms

/-- A definition that a proof may want to unfold. -/
def unfoldable (env : Environment) (n : Name) : Option DefinitionVal :=
  match env.find? n with
  | some (.defnInfo v) =>
    if n == ``Ne || n == ``Not || n.isInternalDetail || generated n || Meta.isInstanceCore env n
        || Meta.isMatcherCore env n || env.isProjectionFn n then none
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

/-! ## The answer -/

/-- At most `limit` theorems but `self`, best first, then the definitions of `target` and (after them) of `hyps`. -/
def select (ix : Index) (env : Environment) (self : Name) (target : Expr) (hyps : List Expr) (limit : Nat) :
    List Premise :=
  let t := bucketsOf env target []
  let h := without (foldL (fun acc e => bucketsOf env e acc) [] hyps) t
  let q := queryOf ix t h
  let rare := foldL (fun acc b => insertRare ix b acc) [] (appL h t)
  let best := walk ix env q limit walkLimit (Array.replicate ix.lemmas.size false) {} rare
  let best := foldL (offerOwn ix env q limit) best (keepL (fun i => i.name != self) (ownConstants env))
  let mentioned := foldL (fun acc (e : Expr) => appL acc (listFrom e.getUsedConstants)) [] (target :: hyps)
  appL best.items (mapL (definitionPremise env) (cut' 12 (revL (definitions env [] mentioned))))
where
  cut' : Nat → List Name → List Name
    | 0, _ => []
    | _, [] => []
    | n + 1, x :: xs => x :: cut' n xs

end Stepwise.Premises
