"""The judge's verdict on one proof."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol


class VerdictStatus(StrEnum):
    """How a judgement ended. Only `ACCEPTED` means proved; after a limit or a fault the verdict is `UNKNOWN`."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a proof was not accepted."""

    SCAN = "scan"  # the source text holds something of the ban list
    CHALLENGE = "challenge"  # the challenge itself doesn't elaborate, or has no such theorem
    ELABORATION = "elaboration"  # the solution has errors
    MISSING = "missing"  # the solution has no theorem of that name
    STATEMENT = "statement"  # the theorem says something else
    DEFINITION = "definition"  # something that the statement rests on is something else
    SORRY = "sorry"  # the proof rests on `sorryAx`
    AXIOM = "axiom"  # the proof rests on an axiom beyond the three
    KERNEL = "kernel"  # the kernel refuses a declaration
    INDUCTIVE = "inductive"  # an inductive type or a projection that the kernel may be wrong about
    RESERVED = "reserved"  # a declaration takes a name that the kernel computes with
    UNSAFE = "unsafe"  # the proof rests on something unsafe or partial
    CERTIFICATE = "certificate"  # what a run kept of the proof is missing, was changed, or is of something else
    LIMIT = "limit"  # unknown: Lean's own limit (heartbeats, recursion)
    TIME = "time"  # unknown: ended by the clock
    MEMORY = "memory"  # unknown: ended for its memory
    CRASH = "crash"  # unknown: the process ended by itself
    IMPORT = "import"  # unknown: a module that the text imports is not there
    MALFORMED = "malformed"  # unknown: what the elaborating process said makes no sense
    UNAVAILABLE = "unavailable"  # unknown: no judging process could be started


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a text: its file, empty for none, the line from 1 and the column from 0, as Lean counts them."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.file else f"{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Complaint:
    """An error of Lean's in a text: all that it says. `is_own`: of the theorem itself, not of what it rests on."""

    place: Place
    text: str
    is_own: bool = True

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self.place), "text": self.text}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a judgement. `kind` is None exactly for accepted proofs.

    `theorem` is the theorem's full name, `axioms` what the proof rests on, `inductives` the inductive types among what
    it rests on that no library declares. `advice` says what an accepted proof leaves to do, and is empty if nothing.
    `place` is where the first error stands, or else the theorem; None if that isn't known. `errors` are those that the
    verdict rests on, `elsewhere` those of the solution that the theorem does not rest on.
    `hashes` are SHA-256 in hex: `challenge` and `solution` of the texts, `statement` of the elaborated statement with
    all that it rests on, `toolchain` of Lean with its libraries; those that weren't reached are missing. `is_fresh`
    says that both texts were elaborated where no other proof had run before.
    """

    status: VerdictStatus
    theorem: str
    kind: Reason | None = None
    reason: str = ""
    axioms: tuple[str, ...] = ()
    inductives: tuple[str, ...] = ()
    advice: str = ""
    place: Place | None = None
    errors: tuple[Complaint, ...] = ()
    elsewhere: tuple[Complaint, ...] = ()
    hashes: Mapping[str, str] | None = None
    toolchain: str = ""
    is_fresh: bool = True
    elapsed_s: float = 0.0

    @property
    def is_accepted(self) -> bool:
        return self.status is VerdictStatus.ACCEPTED

    def to_json(self) -> dict[str, Any]:
        return {
            "verdict": str(self.status),
            "theorem": self.theorem,
            "kind": None if self.kind is None else str(self.kind),
            "reason": self.reason,
            "axioms": list(self.axioms),
            "inductives": list(self.inductives),
            "advice": self.advice,
            **({} if self.place is None else asdict(self.place)),
            "errors": [error.to_json() for error in self.errors],
            "elsewhere": [error.to_json() for error in self.elsewhere],
            "hashes": dict(self.hashes or {}),
            "toolchain": self.toolchain,
            "fresh": self.is_fresh,
            "elapsed_s": round(self.elapsed_s, 3),
        }


class Judging(Protocol):
    """The interface of judges: `judge` gives the verdict that alone makes a proof count, `ready` returns when a proof
    would not wait for a process to start, or when none can be started.

    `file` is the same for challenges that are parts of one text, which may share what it says before them; "" shares
    nothing.
    """

    async def judge(self, challenge: str, solution: str, theorem: str, *, file: str = "") -> Verdict: ...

    async def ready(self) -> None: ...


def sha256(text: str) -> str:
    """The SHA-256 hash of the text as UTF-8, in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
