"""A proof that no longer elaborates, as a sketch: what still works stays, and a `sorry` stands for the rest.

Lean takes up again behind an error at the next block. So the steps of a block before its first error work, those behind
it were not run, and blocks without an error work as a whole. Where an error stands in a term that is a part of its own
(the value of a `have`, a step of a `calc`, an arm of a `match`, a part of `⟨…, …⟩`), that term alone is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from prover.tasks.written_proof import WrittenBlock, WrittenStep, old_steps
from prover.tasks.written_terms import term_at

_UNSOLVED = "unsolved goals"
_SURPLUS = "No goals"
_WRONG_CASE = re.compile(r"Invalid alternative name `([^`]+)`: Expected (.*)")
_MISSING = re.compile(r"Alternative `([^`]+)` has not been provided")
_QUOTED = re.compile(r"`([^`]+)`")
WHOLE, WHOLE_TERM = ":= by\n  sorry", ":= sorry"
"""The body of a proof of which nothing is kept; and where it was a term."""


class ErrorAt(NamedTuple):
    """What Lean says, and where in the text."""

    offset: int
    text: str


@dataclass(frozen=True, slots=True)
class Cut:
    """What stands from `start` up to `end` becomes `text`; `steps` are the tactics that stood there."""

    start: int
    end: int
    text: str
    steps: tuple[str, ...] = ()


def cuts(text: str, proof: WrittenBlock, errors: Sequence[ErrorAt]) -> list[Cut] | None:
    """The changes that leave out what the errors say does not work, in order. None if nothing of it can be kept: there
    is an error outside of any tactic block, and of any part of a term."""
    cutting = _Cutting(text, proof, _renamed(text, proof, errors))
    return _outermost(cutting.made) if all(cutting.takes(error) for error in sorted(errors)) else None


class _Cutting:
    """The changes for the errors that were taken so far. Of a step in `mended` something is changed already."""

    def __init__(self, text: str, proof: WrittenBlock, mended: list[Cut]) -> None:
        self._text = text
        self._proof = proof
        self._made = mended
        self._mended = [_step_at(proof, each.start) for each in mended]
        self._failing: dict[int, tuple[WrittenBlock, int, bool]] = {}  # by the beginning of the block
        self._unsolved: dict[int, WrittenBlock] = {}

    @property
    def made(self) -> list[Cut]:
        appended = [_appended(block) for start, block in self._unsolved.items() if start not in self._failing]
        return [*self._made, *(_cut(self._text, *each) for each in self._failing.values()), *appended]

    def takes(self, error: ErrorAt) -> bool:
        """Whether there is a change for the error."""
        block = _opened_at(self._proof, error.offset) if error.text.startswith(_UNSOLVED) else None
        if block is not None:
            self._unsolved[block.start] = block
            return True
        place = _step_at(self._proof, error.offset)
        return place is not None and (place in self._mended or self._takes_in(place, error))

    def _takes_in(self, place: tuple[WrittenBlock, int], error: ErrorAt) -> bool:
        """Whether there is a change for an error in the step at this place."""
        (block, number), text = place, self._text
        step, is_surplus = block.steps[number], error.text.startswith(_SURPLUS)
        if not is_surplus and (term := term_at(text, step.start, step.end, error.offset)):
            self._made.append(Cut(*term, "sorry", (f"exact {text[slice(*term)]}",)))
        elif block.is_term:
            return False
        elif (missing := _MISSING.match(error.text)) is not None and (added := _added(text, place, missing[1])):
            self._made.append(added)
            self._mended.append(place)
        else:
            self._failing.setdefault(block.start, (block, number, is_surplus))
        return True


def emptied(text: str, proof: WrittenBlock) -> str:
    """The body in the place of a proof of which nothing is kept."""
    return WHOLE_TERM if proof.is_term and proof.steps and text[proof.start] != "|" else WHOLE


def applied(text: str, start: int, end: int, made: Sequence[Cut]) -> str:
    """A stretch of the text with the changes made in it."""
    pieces, done = "", start
    for cut in made:
        pieces += text[done : cut.start] + cut.text
        done = cut.end
    return pieces + text[done:end]


def _renamed(text: str, proof: WrittenBlock, errors: Sequence[ErrorAt]) -> list[Cut]:
    """Cases with names that their type does not have: under those that Lean expects."""
    made = []
    for error in errors:
        wrong, place = _WRONG_CASE.match(error.text), _step_at(proof, error.offset)
        if wrong is None or place is None:
            continue
        step = place[0].steps[place[1]]
        found = re.compile(rf"\|\s*@?({re.escape(wrong[1])})(?![\w.'])").search(text, error.offset, step.end)
        names = (name for name in _QUOTED.findall(wrong[2]) if f"| {name}" not in text[step.start : step.end])
        name = next(names, None)
        if found is not None and name is not None:
            made.append(Cut(*found.span(1), name))
    return made


def _added(text: str, place: tuple[WrittenBlock, int], case: str) -> Cut | None:
    """A case that is missing, behind the others."""
    step = place[0].steps[place[1]]
    heads = [block.head for block in step.blocks if text[block.head] == "|"]
    if not heads:
        return None
    column = heads[-1] - (text.rfind("\n", 0, heads[-1]) + 1)
    return Cut(step.end, step.end, f"\n{' ' * column}| {case} => sorry")


def _cut(text: str, block: WrittenBlock, number: int, is_surplus: bool) -> Cut:
    """A block without its steps from a number on. Steps that find no goal leave nothing, others a `sorry`."""
    left = block.steps[number:]
    steps = tuple(old_steps(text, WrittenBlock(block.head, left[0].start, block.column, left)))
    if is_surplus and number > 0:
        return Cut(block.steps[number - 1].end, block.end, "", steps)
    return Cut(left[0].start, block.end, "sorry", steps)


def _appended(block: WrittenBlock) -> Cut:
    """A block that leaves goals, with a `sorry` behind its last step."""
    if not block.steps:
        return Cut(block.start, block.start, " sorry")
    return Cut(block.end, block.end, "\n" + " " * block.column + "sorry")


def _outermost(made: list[Cut]) -> list[Cut]:
    kept: list[Cut] = []
    for cut in sorted(made, key=lambda each: (each.start, -each.end)):
        if not kept or cut.start >= kept[-1].end:
            kept.append(cut)
    return kept


def _opened_at(proof: WrittenBlock, offset: int) -> WrittenBlock | None:
    """The innermost block whose head is there."""
    found = None
    for block in proof.walk():
        if not block.is_term and block.head <= offset < max(block.start, block.head + 1):
            found = block
    return found


def _step_at(proof: WrittenBlock, offset: int) -> tuple[WrittenBlock, int] | None:
    """The innermost step there, as its block and its number in it."""
    found = None
    for block, number, step in _steps(proof):
        if step.start <= offset < step.end:
            found = block, number
    return found


def _steps(proof: WrittenBlock) -> Iterator[tuple[WrittenBlock, int, WrittenStep]]:
    for block in proof.walk():
        for number, step in enumerate(block.steps):
            yield block, number, step
