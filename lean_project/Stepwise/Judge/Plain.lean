import Stepwise.Prelude

/-!
Challenges that run nothing of their own: theorems over what the library declares, by syntax whose elaborators are
Lean's own and only read it. All of their syntax is of the kinds below; whatever Lean or a library adds is not, until
somebody has looked at it. So what such a challenge leaves behind in a process is what Lean's own code makes of data, as
when data are compared, and others can't be harmed by it.

None of these kinds runs code or a tactic of the text's own (but `sorry`), or declares syntax, an instance, an attribute
or code. Tactics of the library do run: those that look for the bound of an index, and others for arguments left out.
-/

open Lean

public section

namespace Stepwise.Judge

def plainCommands : Array Name := #[
  ``Parser.Command.declaration, ``Parser.Command.theorem, ``Parser.Command.declId, ``Parser.Command.declSig,
  ``Parser.Command.declModifiers, ``Parser.Command.docComment, ``Parser.Command.declValSimple,
  ``Parser.Command.namespace, ``Parser.Command.section, ``Parser.Command.end, ``Parser.Command.in,
  ``Parser.Command.open, ``Parser.Command.openSimple, ``Parser.Command.openScoped, ``Parser.Command.openOnly,
  ``Parser.Command.openHiding, ``Parser.Command.openRenaming, ``Parser.Command.openRenamingItem,
  ``Parser.Command.variable, ``Parser.Command.universe, ``Parser.Command.eoi,
  ``Parser.Tactic.tacticSeq, ``Parser.Tactic.tacticSeq1Indented, ``Parser.Tactic.tacticSorry]

def plainTerms : Array Name := #[
  `null, `group, `choice, `num, `scientific, `str, `char, `fieldIdx, `hygieneInfo,
  ``Parser.Term.app, ``Parser.Term.arrow, ``Parser.Term.depArrow, ``Parser.Term.forall, ``Parser.Term.fun,
  ``Parser.Term.basicFun, ``Parser.Term.paren, ``Parser.Term.hygienicLParen, ``Parser.Term.tuple,
  ``Parser.Term.anonymousCtor, ``Parser.Term.typeAscription, ``Parser.Term.hole, ``Parser.Term.syntheticHole,
  ``Parser.Term.sorry, ``Parser.Term.byTactic, ``Parser.Term.proj, ``Parser.Term.explicit, ``Parser.Term.explicitUniv,
  ``Parser.Term.dotIdent, ``Parser.Term.namedArgument, ``Parser.Term.ellipsis, ``Parser.Term.cdot,
  ``Parser.Term.prop, ``Parser.Term.type, ``Parser.Term.sort, ``Parser.Term.typeOf, ``Parser.Term.typeSpec,
  ``Parser.Term.explicitBinder, ``Parser.Term.implicitBinder, ``Parser.Term.strictImplicitBinder,
  ``Parser.Term.instBinder, ``Parser.Term.binderDefault, ``Parser.Term.let, ``Parser.Term.letDecl,
  ``Parser.Term.letIdDecl, ``Parser.Term.letId, ``Parser.Term.letPatDecl, ``Parser.Term.letConfig,
  ``Parser.Term.match, ``Parser.Term.matchDiscr, ``Parser.Term.matchAlts, ``Parser.Term.matchAlt,
  ``Parser.Term.structInst, ``Parser.Term.structInstFields, ``Parser.Term.structInstField,
  ``Parser.Term.structInstLVal, ``Parser.Term.structInstFieldDef, ``Parser.Term.optEllipsis,
  ``Parser.Termination.suffix, ``Parser.Level.paren, ``Parser.Level.max, ``Parser.Level.imax, ``Parser.Level.num,
  ``Parser.Level.addLit, ``Parser.Level.hole,
  ``binderIdent, ``bracketedExplicitBinders, ``explicitBinders, ``unbracketedExplicitBinders]

/-- Of `Init`'s notations, by the names that Lean gives them: `term` and what they look like. -/
def plainNotations : Array String := #[
  "!_", "#[_,]", "#v[_,]", "*...*", "*...<_", "*...=_", "*..._", "-_", "[:_:_]", "[:_]", "[_:_:_]", "[_:_]", "[_]",
  "_!=_", "_$__", "_%_", "_&&&_", "_&&_", "_*>_", "_*_", "_++_", "_+_", "_-_", "_...*", "_...<_", "_...=_", "_..._",
  "_/\\_", "_/_", "_::_", "_<$>_", "_<&&>_", "_<&>_", "_<*>_", "_<*_", "_<+:_", "_<+_", "_<->_", "_<...*", "_<...<_",
  "_<...=_", "_<..._", "_<:+:_", "_<:+_", "_<<<_", "_<=<_", "_<=_", "_<_", "_<|>_", "_<|_", "_<||>_", "_=<<_",
  "_==_", "_=_", "_>=>_", "_>=_", "_>>=_", "_>>>_", "_>>_", "_>_", "_\\/_", "_\\_", "_^^^_", "_^^_", "_^_", "__#'__",
  "__#__", "__[:_]", "__[_:]", "__[_:_]", "__[_]", "__[_]'_", "__[_]_!", "__[_]_?", "_|>_", "_||_", "_|||_", "_~_",
  "_×'_", "_×_", "_•_", "_⁻¹", "_↔_", "_∈_", "_∉_", "_∘_", "_∣_", "_∧_", "_∨_", "_∩_", "_∪_", "_≈_", "_≍_", "_≠_",
  "_≤_", "_≥_", "_⊂_", "_⊃_", "_⊆_", "_⊇_", "_⊑_", "_⊕'_", "_⊕_", "{_:_//_}", "{_}", "{}", "~~~_", "¬_", "Σ'_,_",
  "Σ_,_", "∀__,_", "∃_,_", "∃__,_", "∅", "IfThenElse", "DepIfThenElse", "Exists_,_"]

/-- Of its bounded quantifiers: `binderPred` and this. -/
def plainBounds : Array String := #["<_", ">_", "≤_", "≥_", "≠_", "∈_", "∉_", "⊂_", "⊃_", "⊆_", "⊇_"]

/-- What follows `start` in the last part of a name; nothing, if that does not begin so. -/
def after (start : String) : Name → String
  | .str _ last =>
    if last.startsWith start then String.Pos.Raw.extract last ⟨start.utf8ByteSize⟩ ⟨last.utf8ByteSize⟩ else ""
  | _ => ""

def isPlain (kind : Name) : Bool :=
  inFrom plainTerms kind || inFrom plainCommands kind || inFrom plainNotations (after "term" kind)
    || inFrom plainBounds (after "binderPred" kind)

/-- The kind of the first syntax in a command that is not known to run nothing. -/
partial def firstForeign (stx : Syntax) : Option Name :=
  match stx with
  | .node _ kind args => if isPlain kind then go (listFrom args) else some kind
  | _ => none
where
  go : List Syntax → Option Name
    | [] => none
    | stx :: rest =>
      match firstForeign stx with
      | some kind => some kind
      | none => go rest

end Stepwise.Judge
