import Lean.Environment
import Lean.Data.Json
import Stepwise.Judge.Basic

/-!
Declarations to text: a JSON list of rows, each defining one name, level, expression or declaration by the numbers of
earlier ones. The last row names the theorem that the export is about.

Terms cross between processes as text and never as .olean: those are mapped into memory unchecked. Binder names and
metadata are dropped: they mean nothing to the kernel, and hygiene makes them depend on the position in the file.
-/

open Lean

public section

namespace Stepwise.Judge

/-- Numbers handed out so far, and the text written so far. Name 0 is anonymous, level 0 is zero. -/
structure Writer where
  env : Environment
  names : IO.Ref (Array (List (Name × Nat)))
  levels : IO.Ref (Array (List (Level × Nat)))
  exprs : IO.Ref (Array (List (Expr × Nat)))
  /-- how many names, levels, expressions -/
  counts : IO.Ref (Nat × Nat × Nat)
  visited : IO.Ref NameSet
  out : IO.Ref String
  /-- the statement alone: no proofs -/
  statement : Bool

def numBuckets : Nat := 16384

def findName (key : Name) : List (Name × Nat) → Option Nat
  | [] => none
  | (k, i) :: rest => if k == key then some i else findName key rest

def findLevel (key : Level) : List (Level × Nat) → Option Nat
  | [] => none
  | (k, i) :: rest => if k == key then some i else findLevel key rest

def findExpr (key : Expr) : List (Expr × Nat) → Option Nat
  | [] => none
  | (k, i) :: rest => if k.equal key then some i else findExpr key rest

def bucket (hash : UInt64) : Nat := hash.toNat % numBuckets

def Writer.emit (w : Writer) (row : String) : IO Unit :=
  w.out.modify (fun s => s ++ row ++ ",\n")

def quote (s : String) : String := (Json.str s).compress

partial def Writer.name (w : Writer) (n : Name) : IO Nat := do
  match n with
  | .anonymous => return 0
  | .str p s => do
    let b := bucket n.hash
    match findName n ((← w.names.get)[b]!) with
    | some i => return i
    | none =>
      let parent ← w.name p
      w.emit s!"[0,{parent},{quote s}]"
      fresh b
  | .num p k => do
    let b := bucket n.hash
    match findName n ((← w.names.get)[b]!) with
    | some i => return i
    | none =>
      let parent ← w.name p
      w.emit s!"[1,{parent},{k}]"
      fresh b
where
  fresh (b : Nat) : IO Nat := do
    let (i, rest) ← w.counts.get
    w.counts.set (i + 1, rest)
    w.names.modify fun t => t.modify b (fun l => (n, i) :: l)
    return i

partial def Writer.level (w : Writer) (l : Level) : IO Nat := do
  match l with
  | .zero => return 0
  | _ =>
    let b := bucket l.hash
    match findLevel l ((← w.levels.get)[b]!) with
    | some i => return i
    | none =>
      match l with
      | .succ a => w.emit s!"[2,{← w.level a}]"
      | .max a c => w.emit s!"[3,{← w.level a},{← w.level c}]"
      | .imax a c => w.emit s!"[4,{← w.level a},{← w.level c}]"
      | .param n => w.emit s!"[5,{← w.name n}]"
      | _ => throw (IO.userError "a universe metavariable")
      let (k, i, rest) ← w.counts.get
      w.counts.set (k, i + 1, rest)
      w.levels.modify fun t => t.modify b (fun rows => (l, i) :: rows)
      return i

def commas : List Nat → String
  | [] => ""
  | [n] => toString n
  | n :: rest => toString n ++ "," ++ commas rest

def Writer.levelList (w : Writer) : List Level → IO (List Nat)
  | [] => return []
  | l :: rest => do
    let i ← w.level l
    let is ← w.levelList rest
    return i :: is

def Writer.nameList (w : Writer) : List Name → IO (List Nat)
  | [] => return []
  | n :: rest => do
    let i ← w.name n
    let is ← w.nameList rest
    return i :: is

def binder : BinderInfo → Nat
  | .default => 0
  | .implicit => 1
  | .strictImplicit => 2
  | .instImplicit => 3

partial def Writer.expr (w : Writer) (e : Expr) : IO Nat := do
  match e with
  | .mdata _ a => w.expr a
  | _ =>
    let b := bucket e.hash
    match findExpr e ((← w.exprs.get)[b]!) with
    | some i => return i
    | none =>
      let row ← match e with
        | .bvar i => pure s!"[6,{i}]"
        | .sort l => pure s!"[7,{← w.level l}]"
        | .const n ls => pure s!"[8,{← w.name n},[{commas (← w.levelList ls)}]]"
        | .app f a => pure s!"[9,{← w.expr f},{← w.expr a}]"
        | .lam _ t a bi => pure s!"[10,{binder bi},{← w.expr t},{← w.expr a}]"
        | .forallE _ t a bi => pure s!"[11,{binder bi},{← w.expr t},{← w.expr a}]"
        | .letE _ t v a nondep => pure s!"[12,{← w.expr t},{← w.expr v},{← w.expr a},{if nondep then 1 else 0}]"
        | .proj s i a => pure s!"[13,{← w.name s},{i},{← w.expr a}]"
        | .lit (.natVal n) => pure s!"[14,{n}]"
        | .lit (.strVal s) => pure s!"[15,{quote s}]"
        | _ => throw (IO.userError "a metavariable or a free variable")
      w.emit row
      let (k, l, i) ← w.counts.get
      w.counts.set (k, l, i + 1)
      w.exprs.modify fun t => t.modify b (fun rows => (e, i) :: rows)
      return i

def Writer.seen (w : Writer) (n : Name) : IO Bool := do
  let s ← w.visited.get
  if s.contains n then return true
  w.visited.set (s.insert n)
  return false

def hints : ReducibilityHints → String
  | .opaque => "-2"
  | .abbrev => "-1"
  | .regular h => toString h.toNat

def Writer.header (w : Writer) (c : ConstantVal) : IO String := do
  return s!"{← w.name c.name},[{commas (← w.nameList c.levelParams)}],{← w.expr c.type}"

mutual

/-- Writes what `e` mentions, and that is not imported, before `e` itself. -/
partial def Writer.deps (w : Writer) (e : Expr) : IO Unit :=
  w.all e.getUsedConstants.toList

partial def Writer.all (w : Writer) : List Name → IO Unit
  | [] => return ()
  | n :: rest => do
    w.const n
    w.all rest

partial def Writer.ctorDeps (w : Writer) : List Name → IO Unit
  | [] => return ()
  | n :: rest => do
    match w.env.find? n with
    | some c => w.deps c.type
    | none => throw (IO.userError s!"no constant {text n}")
    w.ctorDeps rest

partial def Writer.const (w : Writer) (n : Name) : IO Unit := do
  if (w.env.getModuleIdxFor? n).isSome then return ()
  if ← w.seen n then return ()
  match w.env.find? n with
  | none => throw (IO.userError s!"no constant {text n}")
  | some (.axiomInfo v) =>
    w.deps v.type
    w.emit s!"[20,{← w.header v.toConstantVal},{if v.isUnsafe then 1 else 0}]"
  | some (.thmInfo v) =>
    w.deps v.type
    if w.statement then
      w.emit s!"[21,{← w.header v.toConstantVal},-1]"
    else
      w.deps v.value
      let row ← w.header v.toConstantVal
      w.emit s!"[21,{row},{← w.expr v.value}]"
  | some (.defnInfo v) =>
    w.deps v.type
    w.deps v.value
    let safety := match v.safety with | .safe => 0 | .unsafe => 1 | .partial => 2
    let row ← w.header v.toConstantVal
    w.emit s!"[22,{row},{← w.expr v.value},{hints v.hints},{safety}]"
  | some (.opaqueInfo v) =>
    w.deps v.type
    w.deps v.value
    let row ← w.header v.toConstantVal
    w.emit s!"[23,{row},{← w.expr v.value},{if v.isUnsafe then 1 else 0}]"
  | some (.inductInfo v) => w.block v
  | some (.ctorInfo v) => w.const v.induct
  | some (.recInfo v) => w.all v.all
  | some (.quotInfo _) => throw (IO.userError "quotients have to be imported")

/-- A block of mutual inductive types is one declaration. Its constructors and recursors are made by the kernel again. -/
partial def Writer.block (w : Writer) (v : InductiveVal) : IO Unit := do
  mark v.all
  typeDeps v.all
  let params ← w.nameList v.levelParams
  let types ← rows v.all
  w.emit s!"[24,[{commas params}],{v.numParams},{if v.isUnsafe then 1 else 0},[{types}]]"
where
  mark : List Name → IO Unit
    | [] => return ()
    | n :: rest => do
      let _ ← w.seen n
      match w.env.find? n with
      | some (.inductInfo i) => markCtors i.ctors
      | _ => throw (IO.userError s!"{text n} is no inductive type")
      mark rest
  markCtors : List Name → IO Unit
    | [] => return ()
    | n :: rest => do
      let _ ← w.seen n
      markCtors rest
  typeDeps : List Name → IO Unit
    | [] => return ()
    | n :: rest => do
      match w.env.find? n with
      | some (.inductInfo i) =>
        w.deps i.type
        w.ctorDeps i.ctors
      | _ => throw (IO.userError s!"{text n} is no inductive type")
      typeDeps rest
  ctorRows : List Name → IO String
    | [] => return ""
    | n :: rest => do
      match w.env.find? n with
      | some c =>
        let row := s!"[{← w.name n},{← w.expr c.type}]"
        let more ← ctorRows rest
        return if more.isEmpty then row else row ++ "," ++ more
      | none => throw (IO.userError s!"no constant {text n}")
  rows : List Name → IO String
    | [] => return ""
    | n :: rest => do
      match w.env.find? n with
      | some (.inductInfo i) =>
        let head := s!"{← w.name n},{← w.expr i.type}"
        let row := s!"[{head},[{← ctorRows i.ctors}]]"
        let more ← rows rest
        return if more.isEmpty then row else row ++ "," ++ more
      | _ => throw (IO.userError s!"{text n} is no inductive type")

end

/-- Every declaration that `theorem` rests on and that is not imported, in an order that the kernel accepts. -/
def exportOf (env : Environment) (thm : Name) (statement : Bool) : IO String := do
  let w : Writer := {
    env, statement
    names := ← IO.mkRef (Array.replicate numBuckets [])
    levels := ← IO.mkRef (Array.replicate numBuckets [])
    exprs := ← IO.mkRef (Array.replicate numBuckets [])
    counts := ← IO.mkRef (1, 1, 0)
    visited := ← IO.mkRef {}
    out := ← IO.mkRef "[" }
  w.const thm
  return (← w.out.get) ++ s!"[99,{← w.name thm}]]"

end Stepwise.Judge
