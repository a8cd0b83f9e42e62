import Lean.Environment
import Lean.Data.Json
import Stepwise.Judge.Basic

/-!
Text to declarations: the inverse of `Stepwise.Judge.Export`. The text comes from a process that ran foreign code, so
nothing about it is believed: terms are built by the ordinary constructors, and what doesn't fit is malformed.
-/

open Lean

public section

namespace Stepwise.Judge

/-- What the rows read so far stand for. -/
structure Reader where
  names : Array Name := #[.anonymous]
  levels : Array Level := #[.zero]
  /-- how many parts each level has, written out -/
  sizes : Array Nat := #[1]
  exprs : Array Expr := #[]
  decls : Array Declaration := #[]
  /-- the fields that projections read, each once -/
  fields : List (Name × Nat) := []
  seenFields : NameSet := {}
  /-- the constants that any term mentions -/
  mentioned : NameSet := {}
  /-- the theorem that the export is about -/
  root : Name := .anonymous

def orStop {α : Type} (x : Option α) (stop : Stop) : Except Stop α :=
  match x with
  | some a => .ok a
  | none => .error stop

def malformed (text : String) : Stop := { unknown := true, kind := "malformed", text }

def natOf (j : Json) : Except Stop Nat :=
  match j with
  | .num n => if n.exponent == 0 && 0 ≤ n.mantissa then .ok n.mantissa.toNat else .error (malformed "not a natural number")
  | _ => .error (malformed "not a number")

def strOf (j : Json) : Except Stop String :=
  match j with
  | .str s => .ok s
  | _ => .error (malformed "not a string")

def listOf (j : Json) : Except Stop (List Json) :=
  match j with
  | .arr a => .ok a.toList
  | _ => .error (malformed "not a list")

def Reader.name (r : Reader) (j : Json) : Except Stop Name := do
  orStop r.names[← natOf j]? (malformed "no such name")

def Reader.level (r : Reader) (j : Json) : Except Stop Level := do
  orStop r.levels[← natOf j]? (malformed "no such level")

/-- A level of more parts than this is nobody's, and written out it may be beyond all bounds. -/
def maxLevelSize : Nat := 10_000

def Reader.addLevel (r : Reader) (l : Level) (size : Nat) : Except Stop Reader :=
  if size > maxLevelSize then .error (malformed "a level is too large")
  else .ok { r with levels := r.levels.push l, sizes := r.sizes.push size }

def Reader.size (r : Reader) (j : Json) : Except Stop Nat := do
  orStop r.sizes[← natOf j]? (malformed "no such level")

def Reader.expr (r : Reader) (j : Json) : Except Stop Expr := do
  orStop r.exprs[← natOf j]? (malformed "no such expression")

def Reader.levelList (r : Reader) : List Json → Except Stop (List Level)
  | [] => .ok []
  | j :: rest => do return (← r.level j) :: (← r.levelList rest)

def Reader.nameList (r : Reader) : List Json → Except Stop (List Name)
  | [] => .ok []
  | j :: rest => do return (← r.name j) :: (← r.nameList rest)

def namePart (s : String) : Except Stop String :=
  if s == judgesOwn then .error (malformed s!"a name with {judgesOwn}") else .ok s

/-- Lean takes large numbers in names for one another, and none of its own reaches 2³². -/
def nameNumber (k : Nat) : Except Stop Nat :=
  if k < 4294967296 then .ok k else .error (malformed s!"a name with the number {k}")

/-- From here on an index is no bound variable of a term that anybody has; Lean itself panics at 2²⁰. -/
def maxBoundVariable : Nat := 1_000_000

def boundVariable (i : Nat) : Except Stop Expr :=
  if i < maxBoundVariable then .ok (.bvar i) else .error (malformed s!"no term has a bound variable {i}")

def binderOf : Nat → BinderInfo
  | 0 => .default
  | 1 => .implicit
  | 2 => .strictImplicit
  | _ => .instImplicit

def hintsOf (j : Json) : Except Stop ReducibilityHints :=
  match j with
  | .num n =>
    if n.mantissa == -2 then .ok .opaque
    else if n.mantissa == -1 then .ok .abbrev
    else .ok (.regular (UInt32.ofNat n.mantissa.toNat))
  | _ => .error (malformed "not a hint")

/-- A term without loose bound variables: nothing else is declared. -/
def Reader.closed (r : Reader) (j : Json) : Except Stop Expr := do
  let e ← r.expr j
  if e.hasLooseBVars then .error (malformed "an open term is declared") else .ok e

def Reader.constant (r : Reader) (n ps t : Json) : Except Stop ConstantVal := do
  return { name := ← r.name n, levelParams := ← r.nameList (← listOf ps), type := ← r.closed t }

def Reader.ctors (r : Reader) : List Json → Except Stop (List Constructor)
  | [] => .ok []
  | j :: rest => do
    match ← listOf j with
    | [n, t] => return { name := ← r.name n, type := ← r.closed t } :: (← r.ctors rest)
    | _ => .error (malformed "not a constructor")

def Reader.types (r : Reader) : List Json → Except Stop (List InductiveType)
  | [] => .ok []
  | j :: rest => do
    match ← listOf j with
    | [n, t, cs] =>
      return { name := ← r.name n, type := ← r.closed t, ctors := ← r.ctors (← listOf cs) } :: (← r.types rest)
    | _ => .error (malformed "not an inductive type")

/-- The value that stands in a challenge's theorem, whose proof is not exported. -/
def noProof : Expr := .bvar 0

def Reader.declaration (r : Reader) (tag : Nat) (args : List Json) : Except Stop Declaration := do
  match tag, args with
  | 20, [n, ps, t, u] =>
    return .axiomDecl { toConstantVal := ← r.constant n ps t, isUnsafe := (← natOf u) != 0 }
  | 21, [n, ps, t, v] => do
    let c ← r.constant n ps t
    let value ← match v with
      | .num i => if i.mantissa == -1 then pure noProof else r.closed v
      | _ => .error (malformed "not a value")
    return .thmDecl { toConstantVal := c, value }
  | 22, [n, ps, t, v, h, s] => do
    let safety ← natOf s
    let safety : DefinitionSafety := if safety == 0 then .safe else if safety == 1 then .unsafe else .partial
    return .defnDecl { toConstantVal := ← r.constant n ps t, value := ← r.closed v, hints := ← hintsOf h, safety }
  | 23, [n, ps, t, v, u] =>
    return .opaqueDecl { toConstantVal := ← r.constant n ps t, value := ← r.closed v, isUnsafe := (← natOf u) != 0 }
  | 24, [ps, k, u, types] =>
    return .inductDecl (← r.nameList (← listOf ps)) (← natOf k) (← r.types (← listOf types)) ((← natOf u) != 0)
  | _, _ => .error (malformed "an unknown row")

/-- `sorry`, and what makes the kernel run compiled code or believe it. The library's own use of them, behind an imported
theorem, is not seen here; no proof may name them. -/
def forbidden : List Name :=
  [``Lean.reduceBool, ``Lean.reduceNat, ``Lean.ofReduceBool, ``Lean.ofReduceNat, ``Lean.trustCompiler, ``lcProof,
   ``lcUnreachable, ``lcAny]

def Reader.const (r : Reader) (n : Name) (levels : List Level) : Except Stop Reader :=
  if n == ``sorryAx then .error { kind := "sorry", text := "the proof rests on sorry" }
  else if hasName forbidden n then .error { kind := "axiom", text := s!"the proof rests on {text n}" }
  else .ok { r with exprs := r.exprs.push (.const n levels), mentioned := r.mentioned.insert n }

def Reader.addExpr (r : Reader) (e : Expr) : Reader := { r with exprs := r.exprs.push e }

def Reader.projection (r : Reader) (struct : Name) (i : Nat) (e : Expr) : Reader :=
  let r := r.addExpr (.proj struct i e)
  let key := Name.num struct i
  if r.seenFields.contains key then r
  else { r with
    fields := (struct, i) :: r.fields, seenFields := r.seenFields.insert key, mentioned := r.mentioned.insert struct }

def Reader.row (r : Reader) (tag : Nat) (args : List Json) : Except Stop Reader := do
  match tag, args with
  | 0, [p, s] => return { r with names := r.names.push (.str (← r.name p) (← namePart (← strOf s))) }
  | 1, [p, k] => return { r with names := r.names.push (.num (← r.name p) (← nameNumber (← natOf k))) }
  | 2, [a] => r.addLevel (.succ (← r.level a)) ((← r.size a) + 1)
  | 3, [a, b] => r.addLevel (.max (← r.level a) (← r.level b)) ((← r.size a) + (← r.size b) + 1)
  | 4, [a, b] => r.addLevel (.imax (← r.level a) (← r.level b)) ((← r.size a) + (← r.size b) + 1)
  | 5, [n] => r.addLevel (.param (← r.name n)) 1
  | 6, [i] => return r.addExpr (← boundVariable (← natOf i))
  | 7, [l] => return r.addExpr (.sort (← r.level l))
  | 8, [n, ls] => r.const (← r.name n) (← r.levelList (← listOf ls))
  | 9, [f, a] => return r.addExpr (.app (← r.expr f) (← r.expr a))
  | 10, [b, t, a] => return r.addExpr (.lam `a (← r.expr t) (← r.expr a) (binderOf (← natOf b)))
  | 11, [b, t, a] => return r.addExpr (.forallE `a (← r.expr t) (← r.expr a) (binderOf (← natOf b)))
  | 12, [t, v, a, d] => return r.addExpr (.letE `a (← r.expr t) (← r.expr v) (← r.expr a) ((← natOf d) != 0))
  | 13, [s, i, a] => return r.projection (← r.name s) (← natOf i) (← r.expr a)
  | 14, [n] => return r.addExpr (.lit (.natVal (← natOf n)))
  | 15, [s] => return r.addExpr (.lit (.strVal (← strOf s)))
  | 99, [n] => return { r with root := ← r.name n }
  | _, _ => do
    let d ← r.declaration tag args
    return { r with decls := r.decls.push d }

def Reader.rows (r : Reader) : List Json → Except Stop Reader
  | [] => .ok r
  | j :: rest => do
    match ← listOf j with
    | tag :: args => (← r.row (← natOf tag) args).rows rest
    | [] => .error (malformed "an empty row")

/-- So many digits a number of an export may have. -/
def maxDigits : Nat := 5_000

def checkDigits : List String → Except Stop Unit
  | [] => .ok ()
  | piece :: rest =>
    if piece.utf8ByteSize > maxDigits then .error (malformed s!"a number, or a nest of lists, of more than {maxDigits} signs")
    else checkDigits rest

/-- What stands outside strings holds whole numbers of bearable length: an exponent would be computed when it is read. -/
def checkOutside (piece : String) : Except Stop Unit :=
  match piece.splitOn "e", piece.splitOn "E" with
  | [_], [_] => if piece.utf8ByteSize > maxDigits then checkDigits (piece.splitOn ",") else .ok ()
  | _, _ => .error (malformed "something that is neither a list, a string nor a whole number")

/-- Whether a text ends in a backslash that escapes what follows; `isEscaped` says so of its beginning. -/
def endsEscaped (isEscaped : Bool) : List Char → Bool
  | [] => isEscaped
  | c :: rest => endsEscaped (!isEscaped && c == '\\') rest

/-- `pieces` is what stands between quotation marks; the first is inside a string or outside of one. -/
def checkPieces (isInside : Bool) : List String → Except Stop Unit
  | [] => .ok ()
  | piece :: rest =>
    if isInside then checkPieces (endsEscaped false piece.toList) rest
    else do
      checkOutside piece
      checkPieces true rest

/-- What an export says: its theorem, its declarations, the fields that its projections read, and the constants that its
terms mention. -/
structure Export where
  thm : Name
  decls : List Declaration
  fields : List (Name × Nat)
  mentioned : List Name

def readExport (text : String) : Except Stop Export := do
  checkPieces false (text.splitOn "\"")
  match Json.parse text with
  | .error e => .error (malformed e)
  | .ok j =>
    let r ← Reader.rows {} (← listOf j)
    return { thm := r.root, decls := r.decls.toList, fields := r.fields, mentioned := r.mentioned.toList }

end Stepwise.Judge
