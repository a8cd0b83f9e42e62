"""Finds the theorems of a `.lean` text that end in `sorry`, each in its own place, without Lean.

It approximates Lean's grammar, for inputs about which Lean can't be asked: rows of data sets, audits of large lists,
servers without `outline`. Elsewhere `prover.tasks.elaborated` reads files as Lean does.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from prover.tasks.commands import THEOREM_KEYWORDS, Command, split_commands
from prover.tasks.record import Document, Hole, HoleStyle, OpenSpan, Refused, TaskKind, TheoremTask
from prover.tasks.scanner import LineIndex, Token, mask

_TACTIC_BEFORE = frozenset(("by", "·", ".", ";", "<;>", "{"))
_TERM_BEFORE = frozenset((":=", "exact", "(", "⟨", ","))


def document_of(text: str, path: str = "") -> Document:
    """A document from decoded text: byte-order mark and line ends are set aside, PutnamBench's answers filled in."""
    bom = text.startswith("\ufeff")
    newline = "\r\n" if "\r\n" in text else "\n"
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    return Document(fill_answers(plain), path, newline, bom)


def fill_answers(text: str) -> str:
    """PutnamBench's definitions `abbrev NAME_solution : T := sorry`, followed by a comment that holds the answer, with
    the answer in place of the `sorry`: the customary setting."""
    if "_solution" not in text or "sorry" not in text:
        return text
    masked = mask(text)
    for command in reversed(split_commands(text)):
        if command.keyword in ("abbrev", "def") and command.name.endswith("_solution") and len(command.holes) == 1:
            hole = command.holes[0]
            answer = _answer_after(text, masked, hole.end)
            if answer:
                text = text[: hole.start] + answer + text[hole.end :]
    return text


def _answer_after(text: str, masked: str, position: int) -> str:
    lines: list[str] = []
    for line in text[position:].split("\n")[1:]:
        if not line.lstrip().startswith("--"):
            break
        lines.append(line.lstrip()[2:].strip())
    return "(" + " ".join(lines) + ")" if lines and not masked[position:].split("\n")[0].strip() else ""


def theorems(document: Document) -> Iterator[TheoremTask | Refused]:
    """Every theorem and example of the document that holds a `sorry`, in order; `id` is the Lean name.

    One that can't be proved as it stands (a `sorry` in its statement, or more than one) is refused with the reason;
    each of its several `sorry`s is still a place to work at.
    Definitions that hold a `sorry` are not theorems and are skipped: a theorem that depends on one can't be proved.
    """
    index = LineIndex(document.text)
    commands = [command for command in split_commands(document.text) if _is_open(command)]
    document = replace(document, open_spans=_open_spans(document.text, commands))
    for command in commands:
        yield task_of(document, command, index)


def _is_open(command: Command) -> bool:
    if command.keyword in THEOREM_KEYWORDS and command.value is None:
        return True
    has_sorry = bool(command.holes or command.statement_holes)
    return has_sorry and command.keyword in (*THEOREM_KEYWORDS, "mutual")


def _open_spans(text: str, commands: Sequence[Command]) -> tuple[OpenSpan, ...]:
    places: dict[str, list[int]] = {}
    if len(commands) > 1:
        for word in re.finditer(r"«[^»\n]*»|[^\W\d][\w'!?]*", mask(text)):
            places.setdefault(word.group(), []).append(word.start())
    spans = []
    for command in commands:
        last_part = re.split(r"\.(?![^«]*»)", command.full_name)[-1]
        mentions = places.get(last_part, [])
        later = bisect_left(mentions, command.end)
        is_mentioned = bool(last_part) and later < len(mentions)
        spans.append(OpenSpan(command.doc_start, command.end, mentions[later] if is_mentioned else None))
    return tuple(spans)


def task_of(document: Document, command: Command, index: LineIndex) -> TheoremTask | Refused:
    """The task of a declaration with a `sorry`, or the reason why it is refused."""
    line = index.position(command.keyword_start)[0]
    name = command.full_name or f"{command.namespace}.{command.keyword}_{line}".lstrip(".")
    reason = _reason_against(command)
    if reason:
        return Refused(name, reason, document.path, line)
    places = tuple(_task_at(hole, document, command, name, line) for hole in _holes(document.text, command))
    if len(places) > 1:
        reason = f"it holds {len(places)} `sorry`s; one theorem, one `sorry`"
        return Refused(name, reason, document.path, line, places)
    return places[0]


def _task_at(hole: Hole, document: Document, command: Command, name: str, line: int) -> TheoremTask:
    start, end = command.start, command.end
    declaration, shift, kind = document.text[start:end], 0, TaskKind.DEFINITION
    if command.keyword == "example":
        kind = TaskKind.EXAMPLE
        keyword = command.keyword_start - start
        named = f"theorem example_{line}"
        declaration = declaration[:keyword] + named + declaration[keyword + len("example") :]
        shift = len(named) - len("example")
    elif command.keyword in THEOREM_KEYWORDS:
        kind = TaskKind.THEOREM
    moved = replace(hole, start=hole.start - start + shift, end=hole.end - start + shift)
    value = (hole.start if command.value is None else command.value) - start + shift
    return TheoremTask(
        id=name,
        name=name,
        document=document,
        declaration=declaration,
        hole=moved,
        document_start=start,
        document_hole=hole,
        value=value,
        kind=kind,
        source=document.path,
        line=line,
        informal=_doc(document.text[command.doc_start : start]),
    )


def _doc(comment: str) -> str | None:
    return comment.strip().removeprefix("/--").removesuffix("-/").strip() or None


def _reason_against(command: Command) -> str:
    if command.value is None:
        return "it has no `:=`"
    if command.statement_holes:
        return "its statement holds a `sorry`"
    if command.keyword == "mutual":
        return "theorems of a `mutual` block are not proved"
    if not command.full_name and command.keyword != "example":
        return "it has no name"
    return ""


def _holes(text: str, command: Command) -> list[Hole]:
    return [_hole(text, command, sorry) for sorry in command.holes]


def _hole(text: str, command: Command, sorry: Token) -> Hole:
    """The place of one of the declaration's `sorry`s, and how a proof is written there."""
    at = next(i for i, token in enumerate(command.tokens) if token.start == sorry.start)
    before = command.tokens[at - 1]
    is_last = not mask(text[sorry.end : command.end]).strip()
    if is_last and before.text == ":=" and before.start == command.value:
        style = HoleStyle.TERM
    elif is_last and before.text == "by" and command.tokens[at - 2].start == command.value:
        style = HoleStyle.BY
    else:
        style = HoleStyle.INNER_TACTIC if _is_tactic(before, sorry, command) else HoleStyle.INNER_TERM
    return Hole(sorry.start, sorry.end, style)


def _is_tactic(before: Token, sorry: Token, command: Command) -> bool:
    if before.text == "=>":  # `| zero => sorry` of `induction … with` and `case`, unlike `fun x => sorry` and `match`
        words = [token.text for token in command.tokens if token.start < sorry.start]
        return "by" in words and "with" in words[words.index("by") :] and "match" not in words
    return before.text in _TACTIC_BEFORE or (sorry.opens_line and before.text not in _TERM_BEFORE)
