"""Finds the theorems to prove in a text, and the `sorry` that each has to close, from Lean's outline of it.

The outline serves the search alone: the judge elaborates the file's own text again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from prover.lean.outline import OpenPlace, Outline, Span
from prover.lean.protocol import Message
from prover.tasks.auto_bound import taken_for_types
from prover.tasks.broken import ENDS, Located, Skipped, located, spoilt
from prover.tasks.document import Document, OpenSpan, answer_below
from prover.tasks.holes import Hole, HoleStyle
from prover.tasks.record import Reading, Refused, TaskKind, TheoremTask
from prover.tasks.scanner import LineIndex, mask, tokens
from prover.tasks.told import LEMMA, Told, hint

_SORRY = "sorry"
KINDS = {
    "Lean.Parser.Command.theorem": TaskKind.THEOREM,
    LEMMA: TaskKind.THEOREM,
    "group": TaskKind.THEOREM,
    "Lean.Parser.Command.example": TaskKind.EXAMPLE,
}
"""Lean's commands that state what can be proved."""
_DEFINITIONS = frozenset(f"Lean.Parser.Command.{word}" for word in ("definition", "abbrev", "instance", "opaque"))
_MUTUAL = "Lean.Parser.Command.mutual"
_FOR_CODE = re.compile(r"(?:\b(?:noncomputable|meta|unsafe|partial|nonrec)\b\s*)+$")
"""Modifiers that an `example` may have and a theorem may not."""
_SHOWN_GOALS = 3
_Note: TypeAlias = tuple[tuple[int, ...], str]  # line, perhaps column, and what is said


def theorems_read(document: Document, outline: Outline) -> Reading:
    """Every theorem and example that is left open, in order; one that can't be proved as it stands is refused.

    The notes name what else the file leaves open, errors outside of theorems, and names that may have been meant as
    types."""
    file = _File(document, outline)
    return Reading.of_file(file.records(), file.notes())


def part_read(document: Document, outline: Outline) -> Reading:
    """As `theorems_read`, for the part of a document that the outline is about: up to its last command."""
    if not outline.commands:
        return theorems_read(document, outline)
    end = LineIndex(document.text).offset(outline.commands[-1].span.end)
    return theorems_read(replace(document, text=document.text[:end]), outline)


def last_read(document: Document, outline: Outline) -> TheoremTask | Refused | None:
    """The last declaration as a task, or the reason against it; None if it does not elaborate, so that only its text
    can be read."""
    return _File(document, outline).last()


class _File:
    """A document beside its outline."""

    def __init__(self, document: Document, outline: Outline) -> None:
        self._index = LineIndex(document.text)
        self._code = mask(document.text)
        self._told = Told(document.text, self._code)
        self._outline = outline
        self._commands, self._skipped = located(outline, self._code)
        self._examples = self._example_names()
        self._spoilt = spoilt(self._commands, self._skipped, self._code)
        self._foundations = _foundations(self._commands)
        self._document = replace(document, open_spans=self._open_spans())

    def records(self) -> Iterator[TheoremTask | Refused]:
        found = [(command.start, self._record(command)) for command in self._commands if self._is_open(command)]
        found += [(piece.start, self._unread(piece)) for piece in self._skipped if self._is_theorem(piece)]
        yield from (record for _, record in sorted(found, key=lambda pair: pair[0]))

    def last(self) -> TheoremTask | Refused | None:
        if any(message.severity == "error" for message in self._outline.messages):
            return None
        if self._skipped or any(command.errors for command in self._commands):
            return None
        last = next((command for command in reversed(self._commands) if command.said.declaration is not None), None)
        if last is None:
            return Refused("", "no declaration in the statement")
        if not last.has_sorry:
            return Refused(last.said.name, "nothing to prove: it holds no `sorry`")
        if self._is_open(last) or last.said.kind in _DEFINITIONS:
            return self._record(last)
        return Refused(last.said.name, "its last declaration is neither a theorem nor a definition")

    def notes(self) -> Iterator[str]:
        found = [note for command in self._commands if not self._is_open(command) for note in self._notes_on(command)]
        found += [self._note_on(piece) for piece in self._skipped if not self._is_theorem(piece)]
        found += [self._error(message) for message in self._outline.messages if message.severity == "error"]
        found += [((line,), said) for line, said in taken_for_types(self._outline)]
        for place, text in sorted(found):
            yield f"{self._document.path}:{':'.join(map(str, place))}: {text}"

    def _notes_on(self, command: Located) -> Iterator[_Note]:
        end = self._index.offset(command.said.span.end)
        below = answer_below(self._document.text, end)
        is_answer = bool(below) and self._document.text[:end].endswith(below)
        told = f" (the answer `{below}` is read from the comment below it)" if is_answer else ""
        for error in command.errors:
            place, said = self._error(error)
            yield place, said + told
        line = command.said.span.start[:1]
        if command.has_sorry and not command.errors:
            declared = [command.said.name] if command.said.name else command.left_open
            names = ", ".join(f"`{each}`" for each in declared) or "a command"
            are, they, hold = ("are", "they", "hold") if len(declared) > 1 else ("is", "it", "holds")
            no_theorem = "no theorems" if len(declared) > 1 else "no theorem"
            what = f"{they} {hold} a `sorry` and {are} {no_theorem} of the text"
            is_of_lean = command.said.kind.startswith(
                "Lean."
            )  # a definition's parts may be theorems, an instance is one
            if not is_of_lean and any(each.is_theorem and each.has_sorry for each in command.said.declares):
                what += ", but stated by a macro in words of its own: write `theorem` to have it proved"
            yield line, f"{names} {are} left open: {what}"
        if command.said.kind in ENDS and self._code[end:].strip():
            yield line, f"Lean reads nothing that stands behind this `{ENDS[command.said.kind]}`"

    # ------------------------------------------------------------------------------------------- what Lean skipped

    def _is_theorem(self, piece: Skipped) -> bool:
        """Whether skipped text is a theorem that is left open."""
        is_one = piece.word in (LEMMA, "theorem", "example")
        return is_one and _SORRY in self._code[piece.start : piece.end].split()

    def _unread(self, piece: Skipped) -> Refused:
        reason = f"it can't be read: {self._told.why_unread(piece)}"
        at = None if piece.error is None or self._told.is_foreign(piece) else (piece.error.line, piece.error.column)
        return Refused(piece.name or f"{piece.word}_{piece.line}", reason, self._document.path, piece.line, at)

    def _note_on(self, piece: Skipped) -> _Note:
        if piece.name:
            return (piece.line,), f"`{piece.name}` can't be read: {self._told.why_unread(piece)}"
        if piece.error is None or piece.word:
            return (piece.line,), f"error: {self._told.why_unread(piece)}"
        return self._error(piece.error)

    def _error(self, message: Message) -> _Note:
        return (message.line, message.column), f"error: {self._told.of(message)}{hint([message])}"

    # ------------------------------------------------------------------------------------------------- commands

    def _is_open(self, command: Located) -> bool:
        """Whether the command is a theorem that is left open. An error in its statement hides its `sorry` from Lean."""
        if command.said.kind == _MUTUAL:
            declared = command.said.declares
            return command.has_sorry and bool(declared) and all(constant.is_theorem for constant in declared)
        if _kind(command) is None:
            return False
        return command.has_sorry or (bool(command.errors) and not command.said.declares)

    def _open_spans(self) -> tuple[OpenSpan, ...]:
        first: dict[int, int] = {}
        for command in self._commands:
            for other in command.said.uses | command.said.mentions:
                first.setdefault(other, command.start)
        spans = [OpenSpan(piece.start, piece.end) for piece in self._skipped]
        for command in self._commands:
            if command.errors or command.number in self._spoilt:
                spans.append(OpenSpan(command.start, command.end))
            elif self._is_open(command):
                spans.append(OpenSpan(command.start, command.end, first.get(command.number)))
        return tuple(sorted(spans, key=lambda span: span.start))

    # -------------------------------------------------------------------------------------------------- records

    def _record(self, command: Located) -> TheoremTask | Refused:
        line = command.said.keyword[0] if command.said.keyword else command.said.span.start[0]
        name = self._full_name(command)
        reason = self._reason_against(command)
        if reason:
            first = command.errors[0] if command.errors else None
            at = None if first is None else (first.line, first.column)
            return Refused(name, reason, self._document.path, line, at)
        return self._task(command, name, line)

    def _reason_against(self, command: Located) -> str:
        said = command.said
        lost = self._spoilt.get(command.number)
        if command.errors:
            below = "" if lost is None else f"it rests on {lost}, in which Lean finds an error; "
            return f"{below}it does not elaborate: {self._told.of(command.errors[0])}{hint(command.errors)}"
        if lost is not None:
            return f"it rests on {lost}, in which Lean finds an error"
        if said.kind == _MUTUAL:
            names = ", ".join(f"`{each}`" for each in command.left_open)
            return f"theorems of a `mutual` block are not proved: {names}"
        if said.body is None:
            return "it has no `:=`"
        if any(place.span.start < said.body for place in said.places):
            return "its statement holds a `sorry`"
        other = next((text for text in map(self._text, said.places) if text != _SORRY), None)
        if other is not None:
            return f"it is admitted by `{other}`: only the word `sorry` is filled in"
        if not said.places:
            return "it rests on a `sorry` that its text does not show (`admit`, an unfinished `exact?`, a macro)"
        if self._expects_the_sorry(command):
            return "it stands under a `#guard_msgs` that expects the warning of its `sorry`"
        if _kind(command) is TaskKind.EXAMPLE and (reason := self._reason_against_example(command)):
            return reason
        return self._reason_in_goals(command) or self._reason_below(command)

    def _reason_against_example(self, command: Located) -> str:
        said = command.said
        assert said.keyword is not None and said.body is not None
        code = self._code[self._index.offset(said.keyword) : self._index.offset(said.body)]
        if not any(token.text == ":" and token.depth == 0 for token in tokens(code)):
            return "an `example` that states nothing: it has no `:` with a proposition"
        return "an `example` of data: only propositions are proved" if said.is_data else ""

    def _reason_in_goals(self, command: Located) -> str:
        """A `sorry` behind `<;>` stands for several goals, and one text would have to close all of them."""
        distinct = (dict.fromkeys(map(_untagged, place.goals)) for place in command.said.places)
        many = next((goals for goals in distinct if len(goals) > 1), None)
        if many is None:
            return ""
        shown = "; ".join(goal.rpartition("⊢ ")[2] for goal in list(many)[:_SHOWN_GOALS])
        return f"its `sorry` has to close {len(many)} different goals with one text ({shown})"

    def _reason_below(self, command: Located) -> str:
        """A definition that is left open, or an axiom: whatever proof is found would rest on it."""
        below = [self._commands[number] for number in sorted(self._foundations[command.number])]
        axioms = [each.name for other in below for each in other.said.declares if each.is_axiom]
        if axioms:
            names = ", ".join(f"`{name}`" for name in axioms)
            return f"it rests on the axioms {names}, which the judge refuses: make them hypotheses or `variable`s"
        if below:
            return f"it rests on `{below[0].name}` (line {below[0].said.span.start[0]}), which holds a `sorry`"
        return ""

    def _task(self, command: Located, name: str, line: int) -> TheoremTask:
        said, text = command.said, self._document.text
        hole, *further = map(self._hole, sorted(said.places, key=lambda place: place.span.start))
        kind = _kind(command) or TaskKind.DEFINITION
        start = command.start if kind is TaskKind.EXAMPLE else self._behind_doc(command)
        declaration = self._named(command) if kind is TaskKind.EXAMPLE else text[start : command.end]
        shift = len(declaration) - command.end
        assert said.body is not None
        return TheoremTask(
            id=name,
            name=name,
            document=self._document,
            declaration=declaration,
            hole=hole.moved(shift),
            further=tuple(other.moved(shift) for other in further),
            document_start=start,
            document_hole=hole,
            value=self._index.offset(said.body) + shift,
            kind=kind,
            source=self._document.path,
            line=line,
            informal=self._informal(said.doc),
        )

    def _hole(self, place: OpenPlace) -> Hole:
        return Hole(self._index.offset(place.span.start), self._index.offset(place.span.end), _style(place))

    def _named(self, command: Located) -> str:
        """An `example` as a theorem with a name, so that it can be judged. It has all the variables in force, as Lean
        gives them to a definition."""
        said, text = command.said, self._document.text
        assert said.declaration is not None and said.keyword is not None
        begin, keyword = self._index.offset(said.declaration), self._index.offset(said.keyword)
        modifiers = begin if said.doc is None else self._index.offset(said.doc.end)
        variables = " ".join(dict.fromkeys(said.variables))
        including = f"include {variables} in " if variables else ""
        for_code = _FOR_CODE.search(self._code[modifiers:keyword])
        kept = keyword if for_code is None else modifiers + for_code.start()
        before = f"{text[command.start : begin]}{including}{text[modifiers:kept].lstrip()}"
        return f"{before}theorem {self._examples[command.number]}{text[keyword + len('example') : command.end]}"

    def _example_names(self) -> dict[int, str]:
        """A name for each `example`, by its command: that of its line, or of its place where that is taken."""
        taken = {constant.name for command in self._commands for constant in command.said.declares}
        names: dict[int, str] = {}
        for command in self._commands:
            if _kind(command) is TaskKind.EXAMPLE:
                line, column = command.said.keyword or command.said.span.start
                wanted = f"example_{line}"
                while f"{command.said.namespace}.{wanted}".lstrip(".") in taken:
                    wanted += f"_{column}"
                names[command.number] = wanted
                taken.add(f"{command.said.namespace}.{wanted}".lstrip("."))
        return names

    def _full_name(self, command: Located) -> str:
        said = command.said
        if said.name.startswith("_root_."):
            return said.name.removeprefix("_root_.")
        word = said.name or self._examples.get(command.number) or f"mutual_{said.span.start[0]}"
        return f"{said.namespace}.{word}".lstrip(".")

    def _behind_doc(self, command: Located) -> int:
        """Where the command begins behind its doc comment, if it begins with one."""
        doc = command.said.doc
        if doc is None or doc.start != command.said.span.start:
            return command.start
        end = self._index.offset(doc.end)
        rest = self._code[end : command.end]
        return end + len(rest) - len(rest.lstrip())

    def _informal(self, doc: Span | None) -> str | None:
        if doc is None:
            return None
        comment = self._document.text[self._index.offset(doc.start) : self._index.offset(doc.end)]
        return comment.removeprefix("/--").removesuffix("-/").strip() or None

    def _expects_the_sorry(self, command: Located) -> bool:
        """Whether a `#guard_msgs in` before it waits for the warning that a `sorry` gives."""
        declaration = (
            command.start if command.said.declaration is None else self._index.offset(command.said.declaration)
        )
        before = slice(command.start, declaration)
        return "#guard_msgs" in self._code[before] and "declaration uses" in self._document.text[before]

    def _text(self, place: OpenPlace) -> str:
        return self._document.text[self._index.offset(place.span.start) : self._index.offset(place.span.end)]


def _kind(command: Located) -> TaskKind | None:
    return KINDS.get(command.said.kind)


def _untagged(goal: str) -> str:
    """A goal without its case name: a tactic that closes one of two goals that differ only in it closes the other."""
    first, separator, rest = goal.partition("\n")
    return rest if separator and first.startswith("case ") else goal


def _style(place: OpenPlace) -> HoleStyle:
    if place.is_whole:
        return HoleStyle.TERM if place.is_term else HoleStyle.BY
    return HoleStyle.INNER_TERM if place.is_term else HoleStyle.INNER_TACTIC


def _foundations(commands: Sequence[Located]) -> list[set[int]]:
    """For each command the earlier ones left open and the axioms that it rests on, by number. An `example` declares
    nothing, so what its text mentions counts."""
    found: list[set[int]] = []
    for command in commands:
        below = command.said.uses if command.said.declares else command.said.mentions
        mine: set[int] = set()
        for number in (each for each in below if each < command.number):
            other = commands[number]
            if other.has_sorry or any(constant.is_axiom for constant in other.said.declares):
                mine.add(number)
            mine |= found[number]
        found.append(mine)
    return found
