import Lean.Elab.Frontend
import Stepwise.Inspect

/-! Declarations as parts of a text: where they begin, what they are called, where their bodies are. -/

open Lean Elab Meta

namespace Stepwise

partial def firstNode (p : Syntax → Bool) (stx : Syntax) : Option Syntax :=
  if p stx then some stx else go (listFrom stx.getArgs)
where
  go : List Syntax → Option Syntax
    | [] => none
    | s :: rest =>
      match firstNode p s with
      | some found => some found
      | none => go rest

private def isDeclaration (stx : Syntax) : Bool :=
  inFrom #[``Lean.Parser.Command.declaration, ``Lean.Parser.Command.mutual, `lemma] stx.getKind

/-- The declaration that a command is, behind all that stands before an `in`. One inside a macro's quotation ends before
the command does. -/
private def declarationIn (stx : Syntax) : Option Syntax :=
  match firstNode isDeclaration stx with
  | some d => if d.getTailPos? == stx.getTailPos? then some d else none
  | none => none

private def isBody (stx : Syntax) : Bool :=
  inFrom #[``Lean.Parser.Command.declValSimple, ``Lean.Parser.Command.declValEqns,
    ``Lean.Parser.Command.whereStructInst] stx.getKind

/-- A declaration taken apart: its parts in the text. `core` begins with its keyword. -/
structure Parts where
  whole : Syntax
  core : Syntax
  doc? : Option Syntax
  id? : Option Syntax
  body? : Option Syntax

private def partsOf (d : Syntax) : Parts :=
  if d.getKind == ``Lean.Parser.Command.mutual then { whole := d, core := d, doc? := none, id? := none, body? := none }
  else
    let core := d.getArg 1
    { whole := d, core, doc? := firstNode (fun s => s.getKind == ``Lean.Parser.Command.docComment) (d.getArg 0)
      id? := firstNode (fun s => s.getKind == ``Lean.Parser.Command.declId) core, body? := firstNode isBody core }

/-- What a macro makes of a command in the text, if that is a theorem whose name and body are words of the command. -/
private partial def expanded (command : Syntax) : List InfoTree → Option Syntax
  | [] => none
  | t :: ts =>
    match inside t with
    | some found => some found
    | none => expanded command ts
where
  inside : InfoTree → Option Syntax
    | .context _ t => inside t
    | .hole _ => none
    | .node info children =>
      match madeBy info with
      | some d => some d
      | none => expanded command (itemsOf children)
  madeBy : Info → Option Syntax
    | .ofMacroExpansionInfo i => if isTheorem i.output then some i.output else none
    | _ => none
  isTheorem (stx : Syntax) : Bool :=
    let parts := partsOf stx
    stx.getKind == ``Lean.Parser.Command.declaration && parts.core.getKind == ``Lean.Parser.Command.theorem
      && stx.getTailPos? == command.getTailPos? && allL isSaid [parts.id?, parts.body?]
  isSaid : Option Syntax → Bool
    | some part => isOriginal part
    | none => false

/-- The parts of the declaration that a command is, or that a macro makes of it word for word. -/
def partsIn (e : Elaborated) : Option Parts :=
  match declarationIn e.stx with
  | some d => some (partsOf d)
  | none =>
    match expanded e.stx (itemsOf e.trees) with
    | some d => some (partsOf d)
    | none => none

def sameRange (a b : Syntax) : Bool := a.getPos? == b.getPos? && a.getTailPos? == b.getTailPos?

/-- Is the `sorry` all of the declaration's body, as a term or behind `by`? -/
def isWholeBody (body? : Option Syntax) (s : Syntax) : Bool :=
  match body? with
  | none => false
  | some body =>
    let value := body.getArg 1
    body.getKind == ``Lean.Parser.Command.declValSimple
      && (sameRange value s || (value.getKind == ``Lean.Parser.Term.byTactic && sameRange (value.getArg 1) s))

/-- Where the first term at a place of the text was elaborated, and what became of it. -/
private partial def termAt (stx : Syntax) (ctx? : Option ContextInfo) :
    List InfoTree → Option (ContextInfo × TermInfo)
  | [] => none
  | t :: ts =>
    match inside ctx? t with
    | some found => some found
    | none => termAt stx ctx? ts
where
  inside (ctx? : Option ContextInfo) : InfoTree → Option (ContextInfo × TermInfo)
    | .context c t => inside (c.mergeIntoOuter? ctx?) t
    | .hole _ => none
    | .node info children =>
      match ctx?, info with
      | some ctx, .ofTermInfo i => if sameRange i.stx stx then some (ctx, i) else termAt stx ctx? (itemsOf children)
      | _, _ => termAt stx (info.updateContext? ctx?) (itemsOf children)

/-- Has an `example` a type that is no proposition? What Lean makes into one (a `Bool`) is no type. Not said of a type
with a part that only the example itself defines (a `match`), which is unknown where it begins. -/
def isData (e : Elaborated) (parts : Parts) : IO Bool := do
  let type := (((parts.core.getArg 1).getArg 1).getArg 0).getArg 1
  match parts.core.getKind == ``Lean.Parser.Command.example, termAt type none (itemsOf e.trees) with
  | true, some (ctx, i) =>
    let ps := ofContext { ctx, before := e.before, stx := type, kind := .term i } ctx.mctx []
    ps.runMeta fun c => look i.expr { c with lctx := i.lctx }
  | _, _ => return false
where
  look (type : Expr) : MetaM Bool := do
    try
      if ← isProp type then return false else isType type
    catch _ => return false

end Stepwise
