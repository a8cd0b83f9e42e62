import Lean.Elab.Frontend
import Stepwise.Lemmas
import Stepwise.Opened

/-!
# Premise selection

For a goal: theorems that speak of the same constants, best first.
An index is one pass over the theorems of the imported modules; that of a larger import list begins with what is there.
A query walks the postings of the goal's rarest constants only, so that it takes milliseconds although this code is
interpreted.

A second index takes constants by the last parts of their names alone: `Array.eraseIdx_set_eq` says of arrays what a
goal says of vectors, and shares no constant with it. And the first one is asked once more, for the constants that the
goal's definitions are made of (`Opened`).

Weights are integers (a logarithm in sixteenths), because a `Float` would be boxed.
-/

open Lean

namespace Stepwise.Premises

/-- How many postings one query may walk. -/
def walkLimit : Nat := 2500

def alikeWalkLimit : Nat := 2000

/-- How many theorems about other types are named, and how much they have to be like the goal, in thousandths. -/
def alikeLimit : Nat := 12

def leastLikeness : Nat := 400

/-- What speaks of the goal's own types is named by the other index. -/
def bonusOfOthers : Nat := 200

structure Index where
  key : Key
  lemmas : Array Lemma
  /-- bucket ↦ positions in `lemmas` -/
  postings : Array (List Nat)
  /-- bucket ↦ number of theorems that mention it -/
  counts : Array Nat
  /-- bucket ↦ inverse document frequency -/
  weights : Array Nat

/-- `byLastPart` finds the law that a goal about vectors has for arrays, or one about hash maps for what they wrap. Both
have the same theorems at the same positions. `whole` is the environment that imports all of it. -/
structure Library where
  whole? : Option Environment
  modules : NameSet
  byName : Index
  byLastPart : Index

structure Premise where
  name : Name
  kind : String
  score : Nat

/-- A goal of the theorem `self`: the types of its hypotheses that are proofs, and those of all. A theorem speaks of the
types and classes of its variables as well, so what it is like is a matter of the whole context. -/
structure Sought where
  self : Name
  target : Expr
  proofs : List Expr
  context : List Expr

/-! ## The index of a library -/

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

def lighten (key : Key) (weights : Array Nat) : List Name → Array Nat
  | [] => weights
  | n :: ns => lighten key (weights.set! (key.bucket n) 4) ns

def Index.none (key : Key) : Index :=
  { key, lemmas := #[], postings := Array.replicate buckets [], counts := Array.replicate buckets 0, weights := #[] }

/-- With the theorems of the modules that aren't `known`. -/
def Index.extend (ix : Index) (env : Environment) (known : NameSet) : Index :=
  let start := ix.lemmas.size
  let lemmas := addModules ix.key env known 0 ix.lemmas
  let counts := countLemmas lemmas start ix.counts
  { ix with
    lemmas, counts, postings := postLemmas lemmas start ix.postings
    weights := lighten ix.key (weigh lemmas.size counts 0 #[]) connectives }

def Library.none : Library :=
  { whole? := Option.none, modules := {}, byName := .none Premises.byName, byLastPart := .none Premises.byLastPart }

/-- With all that `env` imports. -/
def Library.extend (lib : Library) (env : Environment) : Library :=
  { whole? := some env, modules := modulesOf env.header.moduleNames 0 lib.modules
    byName := lib.byName.extend env lib.modules, byLastPart := lib.byLastPart.extend env lib.modules }

partial def allIn (names : Array Name) (i : Nat) (set : NameSet) : Bool :=
  if h : i < names.size then set.contains names[i] && allIn names (i + 1) set else true

/-- Does the library hold all that `env` imports, and maybe more? -/
def Library.covers (lib : Library) (env : Environment) : Bool := allIn env.header.moduleNames 0 lib.modules

/-! ## Scores -/

structure Query where
  /-- bucket ↦ what a mention is worth: twice its weight for a constant of the target, once for one that only
  hypotheses mention, 0 for any other. -/
  worth : Array Nat
  /-- The target's constants, all together. -/
  targetWorth : Nat
  hypsWorth : Nat

def gain (a : Array Nat) : List Nat → Nat → Nat
  | [], n => n
  | b :: bs, n => gain a bs (n + a[b]!)

/-- A lemma's constants that the goal mentions, and all of them. The side of a lemma counts half. -/
def shared (ix : Index) (q : Query) (l : Lemma) : Nat × Nat :=
  (gain q.worth l.main 0 + gain q.worth l.side 0 / 2, 2 * gain ix.weights l.main 0 + gain ix.weights l.side 0 + 8)

/-- In thousandths: the weighted share of the lemma's constants that the goal mentions, with a smaller part for the
share of the target that the lemma speaks of. -/
def usefulness (ix : Index) (q : Query) (l : Lemma) : Nat :=
  let (hit, total) := shared ix q l
  (1000 * hit / total) * (600 + 400 * Nat.min hit q.targetWorth / (q.targetWorth + 1)) / 1000

/-- In thousandths: the share of what is common in what lemma and goal speak of (Dice's coefficient, weighted). -/
def likeness (ix : Index) (q : Query) (l : Lemma) : Nat :=
  let (hit, total) := shared ix q l
  2000 * hit / (total + q.targetWorth + q.hypsWorth)

/-- How many of a lemma's constants the goal mentions. -/
def mentions (q : Query) : List Nat → Nat → Nat
  | [], n => n
  | b :: bs, n => mentions q bs (if q.worth[b]! > 0 then n + 1 else n)

def allMentions (q : Query) (l : Lemma) : Nat := mentions q l.main (mentions q l.side 0)

def setWorth (ix : Index) (factor : Nat) (worth : Array Nat) : List Nat → Array Nat
  | [] => worth
  | b :: bs => setWorth ix factor (worth.set! b (factor * ix.weights[b]!)) bs

def queryOf (ix : Index) (target hyps : List Nat) : Query :=
  let worth := setWorth ix 2 (setWorth ix 1 (Array.replicate buckets 0) hyps) target
  { worth, targetWorth := gain worth target 0, hypsWorth := gain worth hyps 0 }

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

/-- How good the lemma at a position is; one of the goal's own file has none in the index. -/
abbrev Score := Nat → Lemma → Nat

partial def walkPostings (ix : Index) (env : Environment) (score : Score) (limit : Nat) (seen : Array Bool)
    (best : Best) : List Nat → Array Bool × Best
  | [] => (seen, best)
  | i :: is =>
    if seen[i]! then walkPostings ix env score limit seen best is
    else
      match ix.lemmas[i]? with
      | none => walkPostings ix env score limit seen best is
      | some l => walkPostings ix env score limit (seen.set! i true) (best.offer env limit (score i l) l) is

partial def walk (ix : Index) (env : Environment) (score : Score) (limit budget : Nat) (seen : Array Bool)
    (best : Best) : List Nat → Best
  | [] => best
  | b :: bs =>
    let n := ix.counts[b]!
    if budget < n then best
    else
      let (seen, best) := walkPostings ix env score limit seen best (ix.postings[b]!)
      walk ix env score limit (budget - n) seen best bs

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

def offerOwn (key : Key) (env : Environment) (score : Lemma → Nat) (limit : Nat) (best : Best) (info : ConstantInfo) :
    Best :=
  match info with
  | .thmInfo v =>
    if v.name.isInternalDetail || generated v.name then best
    else
      let l := lemmaOf key env v.name v.type
      best.offer env limit (score l) l
  | _ => best

/-! ## The answer -/

/-- The query for a target with these constants and these types of hypotheses, and its buckets, those that few theorems
mention first. -/
def asked (ix : Index) (env : Environment) (target : Array Name) (hyps : List Expr) : Query × List Nat :=
  let t := bucketsFrom ix.key env target 0 []
  let h := without (foldL (fun acc e => bucketsOf ix.key env e acc) [] hyps) t
  (queryOf ix t h, foldL (fun acc b => insertRare ix b acc) [] (appL h t))

/-- At most `limit` theorems but the goal's own, best first; `budget` postings are walked. -/
def nearest (ix : Index) (score : Score) (env : Environment) (self : Name) (rare : List Nat) (limit budget : Nat) :
    List Premise :=
  let best := walk ix env score limit budget (Array.replicate ix.lemmas.size false) {} rare
  let own := keepL (fun i => i.name != self) (ownConstants env)
  (foldL (offerOwn ix.key env (score ix.lemmas.size) limit) best own).items

/-- Likeness by the last parts of names, with a bonus for a theorem that mentions more of the goal's by these than by
full names: it speaks of other types. -/
def likenessOfOthers (lib : Library) (byLastPart byName : Query) : Score := fun i l =>
  let likeness := likeness lib.byLastPart byLastPart l
  match lib.byName.lemmas[i]? with
  | some named => if allMentions byLastPart l > allMentions byName named then likeness + bonusOfOthers else likeness
  | none => likeness

private def isNamed (n : Name) : List Premise → Bool
  | [] => false
  | p :: ps => p.name == n || isNamed n ps

/-- The laws of other types: of what the target's definitions are made of, and those that the last parts of names find. -/
def othersLaws (lib : Library) (env : Environment) (goal : Sought) (target : Array Name) : List Premise :=
  let (inFull, _) := asked lib.byName env target goal.context
  let (q, rare) := asked lib.byLastPart env target goal.context
  let byParts := nearest lib.byLastPart (likenessOfOthers lib q inFull) env goal.self rare alikeLimit alikeWalkLimit
  let unfolded := opened env target
  if unfolded.size == 0 then byParts
  else
    let (q, rare) := asked lib.byName env unfolded goal.context
    let score : Score := fun _ l => likeness lib.byName q l + bonusOfOthers
    let inside := nearest lib.byName score env goal.self rare alikeLimit alikeWalkLimit
    foldL (fun acc p => if isNamed p.name inside then acc else insertAt p alikeLimit acc) inside byParts

/-- At most `limit` theorems that share constants with the goal. -/
def select (lib : Library) (env : Environment) (goal : Sought) (limit : Nat) : List Premise :=
  let (q, rare) := asked lib.byName env goal.target.getUsedConstants goal.proofs
  nearest lib.byName (fun _ => usefulness lib.byName q) env goal.self rare limit walkLimit

/-- Those that say the like of other types. -/
def alike (lib : Library) (env : Environment) (goal : Sought) : List Premise :=
  let laws := keepL (fun p => p.score ≥ leastLikeness) (othersLaws lib env goal goal.target.getUsedConstants)
  mapL (fun p => { p with kind := "alike", score := Nat.min p.score 1000 }) laws

end Stepwise.Premises
