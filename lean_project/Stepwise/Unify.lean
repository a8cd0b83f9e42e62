import Lean.Elab.Frontend
import Lean.Meta.Tactic.LibrarySearch
import Lean.Meta.Tactic.Rewrites
import Stepwise.Lemmas

/-!
# Lemmas by unification

For a goal: theorems and constructors whose conclusion unifies with the target, and equations one side of which unifies
with a part of it. Candidates come from Lean's own discrimination trees (those of `exact?` and `rw?`, made once an import
list); each of the best is then unified in the goal's context, so that the answer says what it would leave to be proved.
-/

open Lean Meta

namespace Stepwise.Unify

/-- How many candidates of each sort a query unifies, and how many it names at most. -/
def tried : Nat := 32
def named : Nat := 16

/-- How many parts of the target are looked up as sides of equations. -/
def partLimit : Nat := 24

/-- Thousands of heartbeats for one unification, for one with definitions unfolded, and for a look into Lean's trees: the
first one at an import list makes them, and one that is cut off leaves nothing to the next. -/
def effort : Nat := 400
def unfoldingEffort : Nat := 60
def lookEffort : Nat := 20000

structure Found where
  name : String
  kind : String
  /-- The goals that it leaves where hypotheses of the context are taken for what they prove. -/
  left : Nat
  /-- Among those that leave as much: less is closer. -/
  order : Nat

/-! ## Candidates -/

/-- Can a proof name it? `self` is the theorem that is to be proved. -/
private def isUsable (env : Environment) (self n : Name) : Bool :=
  if n == self || n.isInternalDetail then false
  else match env.find? n with
    | some (.ctorInfo _) => true
    | some info => Premises.isLibraryPremise env n info
    | none => false

/-- What `x` returns, or nothing where it fails or takes too long. What it assigns is forgotten. -/
private def attempt (effort : Nat) (x : MetaM α) : MetaM (Option α) := fun ctx state cctx cstate => do
  let mctx := (← state.get).mctx
  let start ← IO.getNumHeartbeats
  let bounded := { cctx with initHeartbeats := start, maxHeartbeats := effort * 1000 }
  let answer ← (x ctx state bounded cstate).toBaseIO
  state.modify fun s => { s with mctx := mctx }
  match answer with
  | .ok a => return some a
  | .error _ => return none

/-- `look` in the trees of an environment that may import more than the goal's. What it computes there is forgotten: the
goal's may lack an instance. Nothing for a part of the goal that it doesn't know. -/
private def lookIn (whole : Environment) (part : Expr) (look : MetaM (Array α)) : MetaM (Array α) := do
  if !knowsAll whole part.getUsedConstants 0 then return #[]
  let found ← attempt lookEffort (withEnv whole look)
  modifyThe Meta.State fun s => { s with cache := {} }
  return found.getD #[]
where
  knowsAll (env : Environment) (names : Array Name) (i : Nat) : Bool :=
    if h : i < names.size then env.contains names[i] && knowsAll env names (i + 1) else true
  termination_by names.size - i

@[noinline] private def applicable (target : Expr) : MetaM (Array (Name × LibrarySearch.DeclMod)) :=
  LibrarySearch.libSearchFindDecls target

private abbrev Tree := LazyDiscrTree.ModuleDiscrTreeRef (Name × Rewrites.RwDirection)

@[noinline] private def equations (own : Tree) (part : Expr) : MetaM (Array (Name × Bool × Nat)) :=
  Rewrites.rwFindDecls own part

/-- Keeps the order of those that rank alike. -/
private def insert (f : Found) : List Found → List Found
  | [] => [f]
  | g :: gs => if f.left < g.left || (f.left == g.left && f.order < g.order) then f :: g :: gs else g :: insert f gs

private def first : Nat → List α → List α
  | 0, _ => []
  | _, [] => []
  | n + 1, x :: xs => x :: first n xs

/-! ## Unification -/

/-- How many goals an applied lemma leaves, or nothing if one of its instances is missing. A variable that neither
unification nor a hypothesis determines counts as two. -/
private def goalsLeft (infos : Array BinderInfo) (i n : Nat) : List Expr → MetaM (Option Nat)
  | [] => return some n
  | v :: vs => do
    let v ← instantiateMVars v
    if !v.isMVar then goalsLeft infos (i + 1) n vs
    else
      let type ← instantiateMVars (← inferType v)
      if infos[i]?.getD .default == .instImplicit then
        match ← synthInstance? type with
        | some inst =>
          if ← isDefEq v inst then goalsLeft infos (i + 1) n vs else return none
        | none => return none
      else if ← isProp type then
        if ← v.mvarId!.assumptionCore then goalsLeft infos (i + 1) n vs else goalsLeft infos (i + 1) (n + 1) vs
      else
        match ← goalsLeft infos (i + 1) n vs with
        | some n => return some (if (← instantiateMVars v).isMVar then n + 2 else n)
        | none => return none

private structure Applied where
  vars : List Expr
  infos : Array BinderInfo
  conclusion : Expr

private def applied (n : Name) : MetaM Applied := do
  let lemma ← mkConstWithFreshMVarLevels n
  let (vars, infos, conclusion) ← forallMetaTelescope (← inferType lemma)
  return { vars := listFrom vars, infos, conclusion }

/-- The sides of an equation or an equivalence. -/
private def sides? : Expr → Option (Expr × Expr)
  | .app (.app (.app (.const ``Eq _) _) l) r => some (l, r)
  | .app (.app (.const ``Iff _) l) r => some (l, r)
  | .mdata _ e => sides? e
  | _ => none

private def conclusionFor (c : Expr) : LibrarySearch.DeclMod → Option Expr
  | .none => some c
  | .mp => match sides? c with
    | some (_, r) => some r
    | none => none
  | .mpr => match sides? c with
    | some (l, _) => some l
    | none => none

/-- Does a statement, with metavariables for what it binds, say no more than that something is false, or that two
things are the same? It unifies with every such target, and what it leaves is no simpler, if it leaves anything. -/
private def isGeneral (c : Expr) : Bool :=
  match sides? c with
  | some (l, r) => l.isMVar && r.isMVar
  | none => c.isConstOf ``False || c.isMVar

private def kindOf : LibrarySearch.DeclMod → String
  | .none => "unify"
  | .mp => "unify_mp"
  | .mpr => "unify_mpr"

private def sideGoals : LibrarySearch.DeclMod → Nat
  | .none => 0
  | _ => 1

/-- The goals that a theorem leaves of `target`. -/
private def leftOf (target : Expr) (n : Name) (way : LibrarySearch.DeclMod) : MetaM (Option Nat) := do
  let lemma ← applied n
  match conclusionFor lemma.conclusion way with
  | none => return none
  | some c =>
    if !(← isDefEq c target) then return none
    let left ← goalsLeft lemma.infos 0 (sideGoals way) lemma.vars
    return if isGeneral c && left != some 0 then none else left

/-- The conditions that rewriting `part` leaves. None where the other side is not determined by it, or the same. -/
private def conditionsOf (part : Expr) (n : Name) (back : Bool) : MetaM (Option Nat) := do
  let lemma ← applied n
  match sides? lemma.conclusion with
  | none => return none
  | some (l, r) =>
    let side := if back then r else l
    if isGeneral side || !(← isDefEq side part) then return none
    let left ← goalsLeft lemma.infos 0 0 lemma.vars
    let other ← instantiateMVars (if back then l else r)
    return if other.hasExprMVar || other == part then none else left

/-! ## Parts of a target -/

private def isAtom (e : Expr) : Bool :=
  match e.getAppFn with
  | .const n _ => !e.isApp || n == ``OfNat.ofNat
  | .fvar _ => !e.isApp
  | .app .. | .lam .. | .proj .. => false
  | _ => true

private def argumentsOf : Expr → List Expr → List Expr
  | .app f a, acc => argumentsOf f (a :: acc)
  | _, acc => acc

/-- The parts of `e` that an equation may rewrite, the larger before their own parts: arguments that are written out, and
nothing that mentions a bound variable. -/
private partial def parts (e : Expr) (acc : Array Expr) : MetaM (Array Expr) := do
  if acc.size ≥ partLimit then return acc
  match e with
  | .mdata _ b => parts b acc
  | .forallE _ t b _ => parts b (← parts t acc)
  | .lam _ _ b _ => parts b acc
  | .proj _ _ b => parts b acc
  | .app .. =>
    if isAtom e || inFrom acc e then return acc
    let acc := if e.hasLooseBVars then acc else acc.push e
    let f := e.getAppFn
    let infos ← if f.hasLooseBVars then pure #[] else do
      let info ← getFunInfoNArgs f e.getAppNumArgs
      pure info.paramInfo
    arguments infos 0 acc (argumentsOf e [])
  | _ => return acc
where
  arguments (infos : Array ParamInfo) (i : Nat) (acc : Array Expr) : List Expr → MetaM (Array Expr)
    | [] => return acc
    | a :: rest => do
      let shown := match infos[i]? with
        | some info => info.isExplicit
        | none => true
      let acc ← if shown then parts a acc else pure acc
      arguments infos (i + 1) acc rest

/-! ## The answer -/

private partial def unified (env : Environment) (self : Name) (target : Expr)
    (candidates : Array (Name × LibrarySearch.DeclMod)) (i budget : Nat) (acc : List Found) : MetaM (List Found) := do
  if h : i < candidates.size then
    let (n, way) := candidates[i]
    if budget == 0 then return acc
    if !isUsable env self n || anyL (fun f => f.name == n.toString) acc then
      unified env self target candidates (i + 1) budget acc
    else
      let acc := match ← attempt effort (withTransparency .instances (leftOf target n way)) with
        | some (some left) => insert { name := n.toString, kind := kindOf way, left, order := i } acc
        | _ => acc
      unified env self target candidates (i + 1) (budget - 1) acc
  else return acc

/-- The constructors of a statement that is defined inductively, where there are several. -/
private def constructorsOf (env : Environment) (target : Expr) : List Name :=
  match target.consumeMData.getAppFn with
  | .const n _ => match env.find? n with
    | some (.inductInfo v) => if lenL v.ctors > 1 then v.ctors else []
    | _ => []
  | _ => []

/-- What unifies with the target once definitions are unfolded, which no tree sees. -/
private def unfolding (target : Expr) (order : Nat) (acc : List Found) : List Name → MetaM (List Found)
  | [] => return acc
  | n :: ns => do
    let acc ← if anyL (fun f => f.name == n.toString) acc then pure acc else
      match ← attempt unfoldingEffort (leftOf target n .none) with
      | some (some left) => pure (insert { name := n.toString, kind := "unify", left, order } acc)
      | _ => pure acc
    unfolding target (order + 1) acc ns

private structure Rewrite where
  part : Expr
  name : Name
  back : Bool
  weight : Nat

private def isNamed (n : Name) (back : Bool) : List Rewrite → Bool
  | [] => false
  | r :: rs => (r.name == n && r.back == back) || isNamed n back rs

/-- Specific ones first. -/
private def insertHeavy (r : Rewrite) : List Rewrite → List Rewrite
  | [] => [r]
  | q :: qs => if r.weight > q.weight then r :: q :: qs else q :: insertHeavy r qs

private partial def addAll (env : Environment) (self : Name) (part : Expr) (found : Array (Name × Bool × Nat))
    (i budget : Nat) (acc : List Rewrite) : List Rewrite :=
  if h : i < found.size then
    let (name, back, weight) := found[i]
    if budget == 0 then acc
    else if !isUsable env self name then addAll env self part found (i + 1) budget acc
    else
      let acc := if isNamed name back acc then acc else insertHeavy { part, name, back, weight } acc
      addAll env self part found (i + 1) (budget - 1) acc
  else acc

private partial def candidatesFor (whole : Environment) (own : Tree) (self : Name)
    (ps : Array Expr) (i : Nat) (acc : List Rewrite) : MetaM (List Rewrite) := do
  if h : i < ps.size then
    let found ← lookIn whole ps[i] (equations own ps[i])
    candidatesFor whole own self ps (i + 1) (addAll (← getEnv) self ps[i] found 0 tried acc)
  else return acc

private def rewriting (acc : List Found) (i : Nat) : List Rewrite → MetaM (List Found)
  | [] => return acc
  | r :: rs => do
    let acc := match ← attempt effort (withTransparency .instances (conditionsOf r.part r.name r.back)) with
      | some (some left) =>
        insert { name := r.name.toString, kind := if r.back then "rewrite_back" else "rewrite", left, order := i } acc
      | _ => acc
    rewriting acc (i + 1) rs

/-- The constant that the target unfolds to, "∀" for a statement that binds: where a definition hides it. -/
private def hidden (target : Expr) : MetaM (List Found) := do
  let shown := target.consumeMData.getAppFn
  let found (name : String) : List Found := [{ name, kind := "shape", left := 0, order := 0 }]
  match (← whnf target).consumeMData with
  | .forallE .. => return found "∀"
  | e => match e.getAppFn, shown with
    | .const n _, .const m _ => return if n == m then [] else found n.toString
    | _, _ => return []

/-- What fits `target`, each sort by itself: lemmas to apply, then equations to rewrite with, fewest new goals first.
The `close` ones say the like of what the goal says, and are tried with definitions unfolded. Nothing for a statement
that binds: its variables are introduced first. -/
def select (whole : Environment) (self : Name) (target : Expr) (close : List Name) : MetaM (List Found) := do
  if target.consumeMData.isForall then return []
  let env ← getEnv
  let unfolded ← unfolding target 0 [] (appL (constructorsOf env target) close)
  let candidates ← lookIn whole target (applicable target)
  let toApply ← unified env self target candidates 0 tried unfolded
  let own ← Rewrites.createModuleTreeRef
  let sought ← candidatesFor whole own self (← parts target #[]) 0 []
  let toRewrite ← rewriting [] 0 (first tried sought)
  let shape := (← attempt effort (hidden target)).getD []
  return appL shape (appL (first named toApply) (first named toRewrite))

end Stepwise.Unify
