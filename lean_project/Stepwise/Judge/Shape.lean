import Lean.Environment
import Stepwise.Judge.Telescope

/-!
What an inductive type has to look like before the kernel sees it. Each law closes a bug that released kernels have, and
asks for nothing that Lean's own `inductive` command would not write.
-/

open Lean

public section

namespace Stepwise.Judge

/-- One declaration of mutually inductive types. -/
structure Block where
  levelParams : List Name
  numParams : Nat
  types : List InductiveType

def namesOfTypes (types : List InductiveType) : List Name := mapL (·.name) types

def Block.names (b : Block) : List Name := namesOfTypes b.types

def Block.levels (b : Block) : List Level := paramLevels b.levelParams

/-- The types of the block, applied to these parameters. -/
def Block.heads (b : Block) (params : List Expr) : List Expr :=
  mapL (fun n => applied (.const n b.levels) params) b.names

/-- A part of a name that the kernel's own construction for nested types uses (lean4#14616). -/
def isNested : Name → Bool
  | .str p s => "_nested".isPrefixOf s || isNested p
  | .num p _ => isNested p
  | .anonymous => false

def checkName (n : Name) : Except Stop Unit :=
  if isNested n then .error (refused s!"{text n} takes a name that the kernel uses for nested types" "4.33.0") else .ok ()

/-- The level of the sort that a type ends in, read as it stands: unfolded by δ, β and ζ, and no further. A sort that takes
more to be seen can be `Prop` in one place and stuck in another (lean4#14807). -/
def resultLevel (env : Kernel.Environment) (t : InductiveType) : Except Stop Level :=
  match openedUnfolded env `index t.type with
  | (_, .sort l) =>
    if hidesZero l then
      .error (refused s!"the universe of {text t.name} is or holds a 0 that is not written as one" "4.33.0")
    else .ok l
  | _ => .error (refused s!"the type of {text t.name} does not end in a sort as it stands" "4.34.0")

/-- Every mention of the block's types is a type of the block at the block's own parameters and levels (lean4#14582):
without those, none is left. -/
def isUniform (b : Block) (params : List Expr) (e : Expr) : Bool :=
  let heads := b.heads params
  !mentions b.names (e.replace fun part => if anyL (· == part) heads then some (.sort .zero) else none)

/-- Whether no argument mentions a type of the block. -/
def noneMentions (b : Block) (args : List Expr) : Bool := !anyL (mentions b.names) args

def paramsMention (b : Block) (params : List Bound) : Bool := anyL (fun p => mentions b.names p.type) params

/-- Whether a field's type that mentions the block is a type of the block, or nested in an inductive type that is there
already, or a function to one of these, as it stands: a kernel that sees it only by a longer reduction can see it in the
recursor's type and miss it in the recursor's rules (lean4#14806). -/
def isPlainField (env : Kernel.Environment) (b : Block) (type : Expr) : Bool :=
  if !mentions b.names type then true
  else
    let (xs, e) := openedUnfolded env `x type
    !paramsMention b xs && (!mentions b.names e || isPlain e)
where
  isPlain (e : Expr) : Bool :=
    match headOf e with
    | .const n _ =>
      if hasName b.names n then noneMentions b (splitAt b.numParams (arguments e)).2
      else
        match env.find? n with
        | some (.inductInfo v) => noneMentions b (splitAt v.numParams (arguments e)).2
        | _ => false
    | _ => false

def checkField (env : Kernel.Environment) (b : Block) (params : List Expr) (ctor : Name) (type : Expr) : Except Stop Unit :=
  if !isUniform b params type then
    .error (refused s!"{text ctor} uses its own type at other parameters or universes than the type's own" "4.33.1")
  else if !isPlainField env b type then
    .error (refused s!"a field of {text ctor} is of its own type only after a computation" "4.34.0")
  else .ok ()

def checkFields (env : Kernel.Environment) (b : Block) (params : List Expr) (ctor : Name) : List Bound → Except Stop Unit
  | [] => .ok ()
  | f :: rest => do
    checkField env b params ctor f.type
    checkFields env b params ctor rest

def checkCtor (env : Kernel.Environment) (b : Block) (c : Constructor) : Except Stop Unit := do
  let (params, below) := opened `param b.numParams c.type
  if paramsMention b params then
    throw (refused s!"the parameters of {text c.name} mention its own type" "4.33.1")
  let (fields, result) := opened `field noLimit below
  checkFields env b (variables params) c.name fields
  if !isUniform b (variables params) result then
    throw (refused s!"{text c.name} makes its own type at other parameters than the type's own" "4.33.1")

def checkCtors (env : Kernel.Environment) (b : Block) : List Constructor → Except Stop Unit
  | [] => .ok ()
  | c :: rest => do
    checkName c.name
    checkCtor env b c
    checkCtors env b rest

/-- All laws, for every type of the block and every constructor. -/
def checkShape (env : Kernel.Environment) (b : Block) : Except Stop Unit := do
  let first :: _ := b.types | throw { kind := "kernel", text := "an inductive declaration without types" }
  go (← resultLevel env first) b.types
where
  go (level : Level) : List InductiveType → Except Stop Unit
    | [] => .ok ()
    | t :: rest => do
      checkName t.name
      if (level == .zero) != ((← resultLevel env t) == .zero) then
        throw (refused s!"{text t.name} is a proposition beside types that are none, or the other way round" "4.33.0")
      if mentions b.names t.type then throw (refused s!"the type of {text t.name} mentions itself" "4.33.1")
      checkCtors env b t.ctors
      go level rest

end Stepwise.Judge
