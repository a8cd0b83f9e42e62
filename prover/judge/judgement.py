"""One judgement: the steps from two texts to a verdict, independent of the kind of processes that answer."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar

from prover.errors import DeathReason, LeanFault, ProtocolFault, UsageError, WorkerDied, WorkerStartFailed
from prover.judge.processes import Answer, refuse_fault
from prover.judge.scan import scan
from prover.judge.verdict import Complaint, Place, Reason, Verdict, VerdictStatus, sha256
from prover.tasks.scanner import LineIndex, mask
from prover.tasks.told import Told

E = TypeVar("E", bound=StrEnum)

_OWN_LIMITS = ("(deterministic) timeout", "maximum recursion depth", "maximum number of heartbeats")
_MAX_REASON = 2000
_MAX_ERRORS = 20  # more are not listed
_ADMITTING = ("sorry", "admit")  # words that harm only what rests on them, which the comparison sees


@dataclass(frozen=True, slots=True)
class JudgeLimits:
    """The limits of one judgement, in seconds and bytes. Lean's heartbeat limit is always its default one."""

    challenge_s: float = 60.0
    solution_s: float = 120.0
    compare_s: float = 120.0
    start_s: float = 120.0
    memory_bytes: int = 4 << 30


class Ask(Protocol):
    """Puts a request to a process. Raises LeanFault if no answer comes."""

    def __call__(self, request: Answer, *, timeout_s: float) -> Awaitable[Answer]: ...


class Text(NamedTuple):
    """A source text and the name of its file, which may be empty."""

    content: str
    file: str = ""


class _End(Exception):
    """Ends a judgement early: because of these errors, if there are any."""

    def __init__(self, status: VerdictStatus, kind: Reason, reason: str, errors: tuple[Complaint, ...] = ()) -> None:
        super().__init__(reason)
        self.status, self.kind, self.reason, self.errors = status, kind, reason, errors


@dataclass(slots=True)
class Judgement:
    """One judgement, by processes that elaborate and one that compares, which the caller starts.

    With `is_whole` the solution counts as one: an error anywhere in it rejects. Otherwise the theorem's own errors do,
    and those of what it rests on. `scan` and `run` are two layers; neither relies on the other.
    """

    challenge: Text
    solution: Text
    theorem: str
    limits: JudgeLimits
    is_whole: bool = True
    hashes: dict[str, str] = field(init=False)
    axioms: tuple[str, ...] = field(init=False, default=())
    inductives: tuple[str, ...] = field(init=False, default=())
    place: Place | None = field(init=False, default=None)
    elsewhere: tuple[Complaint, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        self.hashes = {"challenge": sha256(self.challenge.content), "solution": sha256(self.solution.content)}

    @property
    def is_own(self) -> bool:
        """Is a file judged by what it says itself?"""
        return not self.is_whole and self.challenge.content == self.solution.content

    def scan(self) -> Verdict | None:
        """The verdict of the ban list, which needs no process; None if it finds nothing."""
        found = scan(self.challenge.content, self.solution.content)
        findings = [finding for finding in found if self.is_whole or finding.what not in _ADMITTING]
        if not findings:
            return None
        self.place = Place(self.solution.file, findings[0].line, findings[0].column)
        return self._verdict(VerdictStatus.REJECTED, Reason.SCAN, ", ".join(map(str, findings[:5])))

    async def run(self, asking: Ask, solving: Ask, comparing: Ask) -> Verdict:
        """The verdict, with one process (or two) for challenge and solution; a process must not have seen the solution
        before the challenge. Faults of the processes become part of it; only cancellation is raised."""
        try:
            challenge = await self._elaborate_challenge(asking)
            solution = await self._elaborate_solution(solving)
            await self._compare(comparing, challenge, solution)
        except _End as end:
            return self._ended(end)
        return self._verdict(VerdictStatus.ACCEPTED, None, "")

    async def _elaborate_challenge(self, elaborating: Ask) -> Answer:
        request = {"judge": "challenge", "text": _lean_lines(self.challenge.content), "theorem": self.theorem}
        answer = await _ask(elaborating, request, self.limits.challenge_s, "the challenge", self.challenge)
        self.place = _place(answer, self.challenge.file)
        if self.is_own:
            self._refuse_errors(answer, self.challenge, Reason.ELABORATION, "the file")
        else:
            self._refuse_errors(answer, self.challenge, Reason.CHALLENGE, "the challenge", is_whole=True)
        if answer.get("found") != 1:
            which = "several theorems" if answer.get("found") == 2 else "no theorem"
            raise _End(VerdictStatus.REJECTED, Reason.CHALLENGE, f"the challenge has {which} named {self.theorem}")
        self.theorem = _text(answer, "theorem")
        self.hashes["statement"] = sha256(_text(answer, "export"))
        return answer

    async def _elaborate_solution(self, elaborating: Ask) -> Answer:
        request = {"judge": "solution", "text": _lean_lines(self.solution.content), "theorem": self.theorem}
        answer = await _ask(elaborating, request, self.limits.solution_s, "the solution", self.solution)
        self.place = _place(answer, self.solution.file) or self.place
        self._refuse_errors(answer, self.solution, Reason.ELABORATION, "the solution", is_whole=self.is_whole)
        if answer.get("found") != 1:
            more = f"; its first error: {self.elsewhere[0].place}: {self.elsewhere[0].text}" if self.elsewhere else ""
            raise _End(VerdictStatus.REJECTED, Reason.MISSING, f"the solution has no theorem {self.theorem}{more}")
        return answer

    def _refuse_errors(self, answer: Answer, text: Text, kind: Reason, what: str, *, is_whole: bool = False) -> None:
        """Ends the judgement if the text has errors that count; the others are kept as `elsewhere`."""
        errors, others = _complaints(answer, "errors", text), _complaints(answer, "elsewhere", text)
        if is_whole:
            errors, others = tuple(sorted((*errors, *others), key=_position)), ()
        self.elsewhere = others
        if errors:
            raise _errors_end(kind, what, errors)

    async def _compare(self, comparing: Ask, challenge: Answer, solution: Answer) -> None:
        request = {
            "judge": "compare",
            "imports": list(_texts(challenge, "imports")),
            "challenge": _text(challenge, "export"),
            "solution": _text(solution, "export"),
        }
        answer = await _ask(comparing, request, self.limits.compare_s, "the comparison")
        status = _member(VerdictStatus, answer, "verdict")
        if status is not VerdictStatus.ACCEPTED:
            reason = _text(answer, "reason")
            if self.is_own:
                reason = reason.replace("in the challenge:", "in what it states:", 1)
            raise _End(status, _member(Reason, answer, "kind"), reason)
        self.axioms, self.inductives = _texts(answer, "axioms"), _texts(answer, "inductives")

    def fault(self, fault: LeanFault) -> Verdict:
        """The verdict if no process could be started to judge with."""
        kind, text = unknown_for(fault)
        return self._verdict(VerdictStatus.UNKNOWN, kind, text)

    def _ended(self, end: _End) -> Verdict:
        if end.errors and end.errors[0].is_own:
            self.place = end.errors[0].place
        return self._verdict(end.status, end.kind, end.reason, end.errors)

    def _verdict(
        self, status: VerdictStatus, kind: Reason | None, reason: str, errors: tuple[Complaint, ...] = ()
    ) -> Verdict:
        return Verdict(
            status,
            _shown(self.theorem),
            kind,
            _shown(reason)[:_MAX_REASON],
            axioms=tuple(map(_shown, self.axioms)),
            inductives=tuple(map(_shown, self.inductives)),
            place=self.place,
            errors=errors[:_MAX_ERRORS],
            elsewhere=self.elsewhere[:_MAX_ERRORS],
            hashes=dict(self.hashes),
        )


_PRIVATE = re.compile(r"(?<![\w.])_private\.(?:[^\s.]+\.)*?0\.")


def _shown(text: str) -> str:
    """The text with the names of private declarations as their file writes them."""
    return _PRIVATE.sub("", text)


async def theorems_asked(elaborating: Ask, challenge: Text, limits: JudgeLimits, *, is_own: bool) -> tuple[str, ...]:
    """The names of the theorems of `challenge` to be judged: those whose own proof is a `sorry`; of a file that is
    judged by what it says itself all, in their order.

    Raises UsageError if there are none or a challenge doesn't elaborate, LeanFault if Lean can't say.
    """
    request = {"judge": "challenge", "text": _lean_lines(challenge.content)}
    answer = refuse_fault(await elaborating(request, timeout_s=limits.challenge_s))
    try:
        errors = _complaints(answer, "errors", challenge) + _complaints(answer, "elsewhere", challenge)
        names = _names(answer) if is_own else tuple(sorted(_texts(answer, "open")))
    except _End as end:
        raise ProtocolFault(end.reason) from end
    first = min(errors, key=_position, default=None)
    if first is not None and not is_own:
        raise UsageError(f"{first.place}: the challenge does not elaborate: {first.text}")
    if not names:
        error = f"; {first.place}: {first.text}" if first is not None else ""
        hint = f"holds no theorem to judge{error}" if is_own else "leaves no theorem open: name one with --theorem"
        raise UsageError(f"{challenge.file or 'the challenge'} {hint}")
    return names


_DEATHS = {
    DeathReason.DEADLINE: Reason.TIME,
    DeathReason.MEMORY: Reason.MEMORY,
    DeathReason.GARBAGE: Reason.MALFORMED,
}


_NO_MODULE = re.compile(r"unknown (?:module prefix|package) '(?P<first>[^']+)'|of module (?P<whole>\S+) does not exist")
_IMPORT = re.compile(r"\bimport\s+(?:all\s+)?(?P<module>[^\s;]+)")


def unknown_for(fault: LeanFault) -> tuple[Reason, str]:
    """The reason and text of the *unknown* verdict that a fault of a judging process leads to."""
    match fault:
        case WorkerDied():
            return _DEATHS.get(fault.reason, Reason.CRASH), str(fault)
        case WorkerStartFailed():
            return Reason.UNAVAILABLE, str(fault)
        case ProtocolFault() if _NO_MODULE.search(str(fault)) is not None:
            return Reason.IMPORT, str(fault).partition("\n")[0]
        case _:
            return Reason.MALFORMED, str(fault)


def import_at_fault(fault: LeanFault, text: Text) -> Place | None:
    """Where a text imports the module that is not there, if the fault is that, and if it does so itself."""
    said = _NO_MODULE.search(str(fault))
    if said is None or not isinstance(fault, ProtocolFault):
        return None
    code = mask(_lean_lines(text.content))
    for found in _IMPORT.finditer(code):
        module = found["module"].replace("«", "").replace("»", "")
        if module == said["whole"] or module.partition(".")[0] == said["first"]:
            return Place(text.file, *LineIndex(code).position(found.start()))
    return None


async def _ask(process: Ask, request: Answer, timeout_s: float, what: str, text: Text | None = None) -> Answer:
    """The answer to a request about `text`; a fault ends the judgement."""
    try:
        return refuse_fault(await process(request, timeout_s=timeout_s))
    except LeanFault as fault:
        kind, said = unknown_for(fault)
        place = None if text is None else import_at_fault(fault, text)
        errors = () if place is None else (Complaint(place, said),)
        raise _End(VerdictStatus.UNKNOWN, kind, f"{what}: {said}", errors) from fault


def _errors_end(kind: Reason, what: str, errors: tuple[Complaint, ...]) -> _End:
    """The end for a text with errors: rejected, or unknown if Lean only gave up at a limit of its own. Told are
    the theorem's own errors; where it has none, the first of those that it rests on."""
    gave_up = tuple(error for error in errors if any(sign in error.text for sign in _OWN_LIMITS))
    told = tuple(error for error in gave_up or errors if error.is_own) or (gave_up or errors)[:1]
    if not told[0].is_own:
        what = f"it rests on what stands at {told[0].place}, which"
    if gave_up:
        return _End(VerdictStatus.UNKNOWN, Reason.LIMIT, f"{what} reaches a limit: {told[0].text}", told)
    return _End(VerdictStatus.REJECTED, kind, f"{what} does not elaborate: {told[0].text}", told)


def _position(error: Complaint) -> tuple[int, int]:
    return error.place.line, error.place.column


def _place(answer: Answer, file: str) -> Place | None:
    """Where the theorem stands, if the answer says so."""
    match answer.get("place"):
        case {"line": int(line), "column": int(column)}:
            return Place(file, line, column)
    return None


def _complaints(answer: Answer, name: str, where: Text) -> tuple[Complaint, ...]:
    items = answer.get(name)
    if items == []:
        return ()
    complaints, content = list[Complaint](), _lean_lines(where.content)
    told = Told(content, mask(content))
    for item in items if isinstance(items, list) else [None]:
        match item:
            case {"line": int(line), "column": int(column), "text": str(text), **more}:
                place, is_own = Place(where.file, line, column), more.get("own") is not False
                complaints.append(Complaint(place, told.said(text, line, column), is_own))
            case _:
                raise _End(VerdictStatus.UNKNOWN, Reason.MALFORMED, f"an answer has no {name!r}")
    return tuple(complaints)


def _names(answer: Answer) -> tuple[str, ...]:
    """Of the theorems that the text declares or means to, each once."""
    names: dict[str, None] = {}
    items = answer.get("theorems")
    for item in items if isinstance(items, list) else [None]:
        match item:
            case {"name": str(name)}:
                names[name] = None
            case _:
                raise _End(VerdictStatus.UNKNOWN, Reason.MALFORMED, "an answer has no 'theorems'")
    return tuple(names)


def _member(kind: type[E], answer: Answer, name: str) -> E:
    try:
        return kind(_text(answer, name))
    except ValueError as error:
        raise _End(VerdictStatus.UNKNOWN, Reason.MALFORMED, f"an answer's {name!r}: {error}") from error


def _lean_lines(text: str) -> str:
    """The text with line ends normalised as Lean does when it reads a file."""
    return text.replace("\r\n", "\n")


def _text(answer: Answer, name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str):
        raise _End(VerdictStatus.UNKNOWN, Reason.MALFORMED, f"an answer has no text {name!r}")
    return value


def _texts(answer: Answer, name: str) -> tuple[str, ...]:
    value = answer.get(name)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _End(VerdictStatus.UNKNOWN, Reason.MALFORMED, f"an answer has no texts {name!r}")
    return tuple(value)
