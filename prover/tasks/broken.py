"""What Lean could not take of a file: commands with errors, text that it skipped, and what rests on either.

None of it can stand before a theorem that is to be proved: it is left out there, and what rests on it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from prover.lean.outline import CommandOutline, Constant, Outline
from prover.lean.protocol import Message
from prover.tasks.binders import bound_names
from prover.tasks.scanner import IDENTIFIER, LineIndex

_NAME = rf"(?:«[^»\n]*»|{IDENTIFIER})(?:\.(?:«[^»\n]*»|{IDENTIFIER}))*"
_BEFORE = r"(?:@\[[^\]]*\]|(?:private|protected|noncomputable|nonrec|unsafe|partial|local|scoped)\b|\s)*"
_FOREIGN = "lemma|alias|proof_wanted|irreducible_def|variables|parameters?|constants?"  # begin commands elsewhere
_HEAD = re.compile(rf"{_BEFORE}(?P<word>{_FOREIGN})\b(?:\s+(?P<name>{_NAME}))?")
_BEGINNING = re.compile(rf"^(?:{_FOREIGN})\b", re.MULTILINE)
_BEFORE_ALONE = re.compile(rf"(?=\s*\S){_BEFORE}")
ENDS = {"Lean.Parser.Command.exit": "#exit", "Lean.Parser.Command.import": "import"}
"""Commands at which Lean stops reading."""
_STRAY = re.compile(rf"(?<![\w.])(?P<word>theorem|example)\b(?:\s+(?P<name>{_NAME}))?(?=[\s\S]*\bsorry\b)")
"""An open theorem to which Lean does not get, since it passes over the word behind a character that it can't read."""
_BLANK = " \t\r\n"  # Lean's; to Python a form feed is blank, too
_BINDER = re.compile(r"[(\[{⦃]([^:()\[\]{}⦃⦄]+):")
_VARIABLE = re.compile(r"\s*(?:variables?|parameters?)\b")


@dataclass(frozen=True, slots=True)
class Located:
    """A command with its offsets in the text, and the errors in it."""

    number: int
    said: CommandOutline
    start: int
    end: int
    errors: tuple[Message, ...]

    @property
    def has_sorry(self) -> bool:
        """Whether it is left open. A `sorry` in its text alone may be one that Lean tried and dropped (by `first`)."""
        if self.said.declares:
            return any(constant.has_sorry for constant in self.said.declares)
        return bool(self.said.places)

    @property
    def name(self) -> str:
        """The name to call it by: of what it declares, or else of its kind."""
        declared = [self.said.name, *map(_own_name, self.said.declares)]
        return next(filter(None, declared), self.said.kind.rpartition(".")[2])

    @property
    def left_open(self) -> list[str]:
        """The names that it is known by of what it declares and leaves open."""
        return list(dict.fromkeys(_own_name(each) for each in self.said.declares if each.has_sorry))


def _own_name(constant: Constant) -> str:
    """A constant's name without what Lean puts behind it for parts that it makes itself (`_proof_1`, `_unsafe_rec`)."""
    return constant.name.partition("._")[0]


@dataclass(frozen=True, slots=True)
class Skipped:
    """Text in which Lean could read no command, as far as another begins; or comments alone, with which it could do
    nothing. `word` and `name` are those of a declaration in it, where that is plain. Of several such texts in a row
    Lean says an error of the first."""

    start: int
    end: int
    line: int
    word: str
    name: str
    error: Message | None


@dataclass(frozen=True, slots=True)
class Lost:
    """A declaration on which nothing may rest, since Lean finds an error in it, or could not read it."""

    name: str
    line: int

    def __str__(self) -> str:
        return f"`{self.name}` (line {self.line})"


def located(outline: Outline, code: str) -> tuple[list[Located], list[Skipped]]:
    """The commands of a text, by their numbers, and what Lean skipped between them. `code` is the text without comments
    and literals.

    An error before a command's beginning is about skipped text. What follows a command that breaks off is its own, up
    to a line that looks like the beginning of another.
    """
    reading = _Reading(code)
    starts = [reading.index.offset(command.span.start) for command in outline.commands]
    limits = [*starts[1:], len(code)]
    for said, start, limit in zip(outline.commands, starts, limits, strict=True):
        reading.take(said, start, limit)
    is_ended = bool(outline.commands) and outline.commands[-1].kind in ENDS
    return reading.commands, [*reading.skipped, *(() if is_ended else reading.pieces(len(code)))]


class _Reading:
    """What was read so far. Text from `begin` on belongs to no command yet; `waiting` are the errors about it."""

    def __init__(self, code: str) -> None:
        self.index = LineIndex(code)
        self.commands: list[Located] = []
        self.skipped: list[Skipped] = []
        self._code = code
        self._begin: int | None = None  # None: in the header
        self._waiting: list[Message] = []

    def take(self, said: CommandOutline, start: int, limit: int) -> None:
        """Add a command, behind what was skipped before it; `limit` is where the next one begins."""
        code, end = self._code, self.index.offset(said.span.end)
        errors = [message for message in said.messages if message.severity == "error"]
        own = [error for error in errors if (error.line, error.column) >= said.span.start]
        self._waiting += (error for error in errors if error not in own)
        pieces = list(self.pieces(start))
        is_inside = bool(pieces) and self._column(start) > self._column(pieces[-1].start)
        if own and (is_inside or self._is_cut_off(start, end)):  # a part of what it could not read
            begin, end = pieces.pop().start if is_inside else start, start
            self._waiting = [error for error in self._waiting if self._offset(error) >= begin] + own
            own = []
        elif own:
            begin = end = next(_beginnings(code, end, limit), limit)
            self._waiting = []
        else:
            begin, self._waiting = end, []
        self._begin = begin
        self.skipped += pieces
        self.commands.append(Located(len(self.commands), said, start, end, tuple(own)))

    def _is_cut_off(self, start: int, end: int) -> bool:
        """Whether a command ends before its keyword: comments, attributes and modifiers alone."""
        return not self._code[start:end].strip(_BLANK) or _BEFORE_ALONE.fullmatch(self._code, start, end) is not None

    def pieces(self, end: int) -> Iterator[Skipped]:
        """What was skipped up to `end`, parted where a command seems to begin; nothing if it is blank, without an
        error."""
        code, rest = self._code, list(self._waiting)
        start = min([end, *map(self._offset, rest)]) if self._begin is None else self._begin
        if code[start:end].strip(_BLANK):
            start += len(code[start:end]) - len(code[start:end].lstrip(_BLANK))
        elif not rest:
            return
        for begin, limit in pairwise([start, *_beginnings(code, start, end), max(start, end)]):
            head = _HEAD.match(code, begin, limit) or _STRAY.search(code, begin, limit)
            here = [error for error in rest if limit >= end or self._offset(error) < limit]
            rest = [error for error in rest if error not in here]
            word, name = (head["word"], head["name"] or "") if head is not None else ("", "")
            line = self.index.position(begin if head is None else head.start("word"))[0]
            yield Skipped(begin, limit, line, word, name, next(iter(here), None))

    def _offset(self, error: Message) -> int:
        return self.index.offset((error.line, error.column))

    def _column(self, offset: int) -> int:
        return self.index.position(offset)[1]


def _beginnings(code: str, start: int, end: int) -> Iterator[int]:
    """Where in a stretch, behind its beginning, a command seems to begin that core Lean doesn't know."""
    begin = start
    for found in _BEGINNING.finditer(code, start, end):
        if found.start() > begin and not _BEFORE_ALONE.fullmatch(code, begin, found.start()):
            begin = found.start()
            yield begin


def spoilt(commands: Sequence[Located], skipped: Sequence[Skipped], code: str) -> dict[int, Lost]:
    """The commands that rest on something that Lean could not take, by number, each with the first such thing.

    What was declared in spite of an error Lean knows by what uses it. What was not is known by its name alone, of which
    Lean may have made a new variable."""
    lost = _undeclared(commands, skipped, code)
    found: dict[int, Lost] = {}
    for command in commands:
        below = sorted(number for number in command.said.uses | command.said.mentions if number < command.number)
        used = [each for number in below if (each := found.get(number) or _lost(commands[number])) is not None]
        text = code[command.start : command.end]
        named = (each for each in lost if each.line < command.said.span.start[0] and _mentions(text, each.name))
        first = next(iter((*used, *named)), None)
        if first is not None:
            found[command.number] = first
    return found


def _lost(command: Located) -> Lost | None:
    return Lost(command.name, command.said.span.start[0]) if command.errors else None


def _undeclared(commands: Sequence[Located], skipped: Sequence[Skipped], code: str) -> list[Lost]:
    """The names that nothing declares, though a broken command or skipped text was to."""
    lost = [Lost(name, piece.line) for piece in skipped for name in _names(piece.name, code[piece.start : piece.end])]
    for command in commands:
        if command.errors and not command.said.declares:
            names = _names(command.said.name, code[command.start : command.end])
            lost += [Lost(name, command.said.span.start[0]) for name in names]
    declared = {constant.name for command in commands for constant in command.said.declares}
    return [each for each in lost if each.name not in declared]


def _names(name: str, text: str) -> list[str]:
    """The names that a command was to declare or, as a `variable` does, to bind."""
    if name:
        return [name]
    is_variable = _VARIABLE.match(text) is not None
    return [each for names in _BINDER.findall(text) for each in names.split()] if is_variable else []


def _mentions(text: str, name: str) -> bool:
    last = name.rpartition(".")[2]
    word = rf"(?<![\w'!?]){re.escape(last)}(?![\w'!?])"
    return re.search(word, text) is not None and last not in bound_names(text)
