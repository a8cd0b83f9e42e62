"""The one split of theorems into parts for training, validation and test: by statement, never by name or run.

A statement is in the same part in every run, under every name, and whatever its variables are called. So a model that
was trained on an export is never measured on a statement that it was trained on.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from prover.tasks.scanner import mask

_NAME = re.compile(r"^.*?\b(?:(?:theorem|lemma)\s+[^\s(\[{⦃:]+|example\b)", re.DOTALL)
_END = re.compile(r":=\s*(?:by\s*)?$")
_MIRRORS = (
    (re.compile(r"\b(?:List|Array|Vector|ByteArray|FloatArray|Subarray)\b"), "List"),
    (re.compile(r"\b(?:Std\.)?(?:Ext)?D?(?:Hash|Tree)(Map|Set)\b(?:\.Raw\b)?"), r"\1"),
    (re.compile(r"#v?\["), "["),
    (re.compile(r"\.(?:toList|toArray)\b"), ""),
)
"""What the library states again for another container of the same kind."""
_TOKEN = re.compile(r"[^\W\d][\w'!?]*|\d+|\S")


class _Stated(Protocol):
    @property
    def statement(self) -> str: ...


T = TypeVar("T", bound=_Stated)


@dataclass(frozen=True, slots=True)
class Split:
    """Shares of the statements for validation and for test; the rest is for training."""

    valid_share: float = 0.1
    test_share: float = 0.1

    def of(self, statement: str) -> str:
        """`train`, `valid` or `test`, by a hash of the statement's shape."""
        place = place_of(shape(statement))
        if place < self.valid_share:
            return "valid"
        return "test" if place < self.valid_share + self.test_share else "train"

    def is_held_out(self, statement: str) -> bool:
        """Whether the statement is in `valid` or `test`, so that nothing may be trained on it."""
        return self.of(statement) != "train"

    def parted(self, found: Iterable[T]) -> tuple[list[T], list[T]]:
        """What belongs to statements to train on, and what to statements held out."""
        parts: tuple[list[T], list[T]] = ([], [])
        for each in found:
            parts[self.is_held_out(each.statement)].append(each)
        return parts


def place_of(text: str) -> float:
    """A number in [0, 1), always the same for the same text, by its hash."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 2**32


def shape(statement: str) -> str:
    """The statement without its name, its comments and its spacing, every word that begins with a small letter
    replaced by the number of its first place.

    α-equivalent statements have one shape, and so have copies of a statement for another container: lists, arrays,
    vectors; maps and sets by hashes or trees. Some statements that differ in more share one as well (`gcd a b` and
    `lcm a b`); they only end in the same part of the split.
    """
    numbers: dict[str, str] = {}
    text = _END.sub("", _NAME.sub("", mask(statement, literals=False), count=1).strip())
    for copies, one in _MIRRORS:
        text = copies.sub(one, text)
    return " ".join(
        numbers.setdefault(word, f"#{len(numbers)}") if word[0].islower() else word for word in _TOKEN.findall(text)
    )
