"""The outline of a Lean file, as Lean read it: the answer to the step server's `outline` (docs/protocol.md).

A place is a line (from 1) and a column (from 0, in code points) of the text that was sent. Commands are named by their
place in the list. No I/O here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from prover.errors import ProtocolFault
from prover.lean.json_fields import Json, field, items, texts
from prover.lean.protocol import Message, read_message

Position: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class AskOutline:
    """Elaborate a file as it stands, for at most `wall_s` seconds: the whole, or as far as what begins on the line
    `until`."""

    text: str
    wall_s: float
    until: int | None = None

    def wire(self) -> dict[str, Any]:
        part = {} if self.until is None else {"until": self.until}
        return {"outline": self.text, "wallMs": round(self.wall_s * 1000), **part}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text; `end` is exclusive."""

    start: Position
    end: Position


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant that a command declares; `has_sorry` if its own type or value holds one."""

    name: str
    is_theorem: bool
    has_sorry: bool
    is_axiom: bool


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """A `sorry`, or a macro that stands for one. `goals` are the different goals that a text in its place has to close,
    as Lean renders them; `is_whole` if it is its declaration's whole body, behind `by` or as a term."""

    span: Span
    is_term: bool
    is_whole: bool
    goals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommandOutline:
    """One command. `kind` is Lean's name for its syntax; of a declaration that of what follows its modifiers, whatever
    stands before an `in`.

    `auto_bound` are the names that nothing declares, of which Lean made variables for types. `is_data` says of an
    `example` that its type is no proposition.
    `declaration`, `keyword` and `body` are where a declaration, its keyword and its body begin, `doc` is its doc
    comment, `name` as it is written, `variables` those in force before an `example`. `uses` are the commands that what
    it declares mentions, `mentions` those that its text does.
    """

    kind: str
    span: Span
    name: str
    namespace: str
    declaration: Position | None
    keyword: Position | None
    body: Position | None
    doc: Span | None
    variables: tuple[str, ...]
    declares: tuple[Constant, ...]
    uses: frozenset[int]
    mentions: frozenset[int]
    messages: tuple[Message, ...]
    places: tuple[OpenPlace, ...]
    auto_bound: tuple[str, ...] = ()
    is_data: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """The commands of a file in order, as far as it was asked for; `messages` are those about its header."""

    commands: tuple[CommandOutline, ...]
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """The reason why Lean did not read the file; (`is_worn`) a process that has read nothing before may."""

    reason: str
    is_worn: bool = False


def read_outline(answer: Json, limit_s: float) -> Outline | Unread:
    """The outline in the answer to a request that had `limit_s` seconds. Raises ProtocolFault for any other answer."""
    if "message" in answer:
        return Unread(field(answer, "message", str))
    if "limit" in answer:
        limit = field(answer, "limit", str)
        reason = f"it takes longer than {limit_s:g} s" if limit == "wall" else f"it reached the limit of {limit}"
        return Unread(reason, is_worn=limit == "memory")
    commands = tuple(_command(item) for item in items(answer, "commands"))
    known = range(len(commands))
    if any(other not in known for command in commands for other in command.uses | command.mentions):
        raise ProtocolFault("an outline mentions a command that it does not have")
    return Outline(commands, tuple(read_message(item) for item in items(answer, "messages")))


def _command(item: Json) -> CommandOutline:
    return CommandOutline(
        kind=field(item, "kind", str),
        span=_span(item),
        name=field(item, "name", str, ""),
        namespace=field(item, "namespace", str, "").removeprefix("[anonymous]"),
        declaration=_place(item, "declaration"),
        keyword=_place(item, "keyword"),
        body=_place(item, "body"),
        doc=_span(field(item, "doc", dict)) if "doc" in item else None,
        variables=texts(item, "variables"),
        declares=tuple(_constant(each) for each in items(item, "declares")),
        uses=_numbers(item, "uses"),
        mentions=_numbers(item, "mentions"),
        messages=tuple(read_message(each) for each in items(item, "messages")),
        places=tuple(_open_place(each) for each in items(item, "sorries")),
        auto_bound=texts(item, "autoBound"),
        is_data=field(item, "data", bool, False),
    )


def _constant(item: Json) -> Constant:
    return Constant(
        name=field(item, "name", str),
        is_theorem=field(item, "theorem", bool, False),
        has_sorry=field(item, "sorry", bool, False),
        is_axiom=field(item, "axiom", bool, False),
    )


def _open_place(item: Json) -> OpenPlace:
    return OpenPlace(
        span=_span(item),
        is_term=field(item, "term", bool, False),
        is_whole=field(item, "whole", bool, False),
        goals=texts(item, "goals"),
    )


def _span(item: Json) -> Span:
    start, end = _place(item, "pos"), _place(item, "endPos")
    if start is None or end is None or end < start:
        raise ProtocolFault(f"a stretch of text from {start} to {end}")
    return Span(start, end)


def _place(item: Json, name: str) -> Position | None:
    if name not in item:
        return None
    place = field(item, name, dict)
    return field(place, "line", int), field(place, "column", int)


def _numbers(item: Json, name: str) -> frozenset[int]:
    value = item.get(name, [])
    if not isinstance(value, list) or not all(isinstance(entry, int) for entry in value):
        raise ProtocolFault(f"{name!r} is not a list of numbers")
    return frozenset(value)
