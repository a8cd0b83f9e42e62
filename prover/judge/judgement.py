"""One judgement: the steps from two texts to a verdict, independent of the kind of processes that answer."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeVar

from prover.errors import DeathReason, LeanFault, ProtocolFault, UsageError, WorkerDied, WorkerStartFailed
from prover.judge.processes import Answer, refuse_fault
from prover.judge.scan import scan
from prover.judge.verdict import Reason, Verdict, VerdictStatus, sha256

E = TypeVar("E", bound=StrEnum)

_OWN_LIMITS = ("(deterministic) timeout", "maximum recursion depth", "maximum number of heartbeats")
_MAX_REASON = 2000


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


class _End(Exception):
    """Ends a judgement early."""

    def __init__(self, status: VerdictStatus, kind: Reason, reason: str) -> None:
        super().__init__(reason)
        self.status, self.kind, self.reason = status, kind, reason


@dataclass(slots=True)
class Judgement:
    """One judgement, by a process that elaborates and one that compares, which the caller starts.

    `scan` and `run` are two layers; neither relies on the other.
    """

    challenge: str
    solution: str
    theorem: str
    limits: JudgeLimits
    hashes: dict[str, str] = field(init=False)
    axioms: tuple[str, ...] = field(init=False, default=())
    inductives: tuple[str, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        self.hashes = {"challenge": sha256(self.challenge), "solution": sha256(self.solution)}

    def scan(self) -> Verdict | None:
        """The verdict of the ban list, which needs no process; None if it finds nothing."""
        findings = scan(self.challenge, self.solution)
        if not findings:
            return None
        return self._verdict(VerdictStatus.REJECTED, Reason.SCAN, ", ".join(map(str, findings[:5])))

    async def run(self, elaborating: Ask, comparing: Ask) -> Verdict:
        """The verdict. Faults of the processes become part of it; only cancellation is raised."""
        try:
            challenge = await self._elaborate_challenge(elaborating)
            solution = await self._elaborate_solution(elaborating)
            await self._compare(comparing, challenge, solution)
        except _End as end:
            return self._verdict(end.status, end.kind, end.reason)
        return self._verdict(VerdictStatus.ACCEPTED, None, "")

    async def _elaborate_challenge(self, elaborating: Ask) -> Answer:
        request = {"judge": "challenge", "text": _lean_lines(self.challenge), "theorem": self.theorem}
        answer = await _ask(elaborating, request, self.limits.challenge_s, "the challenge")
        if errors := _texts(answer, "errors"):
            raise _errors_end(Reason.CHALLENGE, "the challenge", errors)
        if answer.get("found") != 1:
            which = "several theorems" if answer.get("found") == 2 else "no theorem"
            raise _End(VerdictStatus.REJECTED, Reason.CHALLENGE, f"the challenge has {which} named {self.theorem}")
        self.theorem = _text(answer, "theorem")
        self.hashes["statement"] = sha256(_text(answer, "export"))
        return answer

    async def _elaborate_solution(self, elaborating: Ask) -> Answer:
        request = {"judge": "solution", "text": _lean_lines(self.solution), "theorem": self.theorem}
        answer = await _ask(elaborating, request, self.limits.solution_s, "the solution")
        if errors := _texts(answer, "errors"):
            raise _errors_end(Reason.ELABORATION, "the solution", errors)
        if answer.get("found") != 1:
            raise _End(VerdictStatus.REJECTED, Reason.MISSING, f"the solution has no theorem {self.theorem}")
        return answer

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
            raise _End(status, _member(Reason, answer, "kind"), _text(answer, "reason"))
        self.axioms, self.inductives = _texts(answer, "axioms"), _texts(answer, "inductives")

    def fault(self, fault: LeanFault) -> Verdict:
        """The verdict if no process could be started to judge with."""
        kind, text = _unknown_for(fault)
        return self._verdict(VerdictStatus.UNKNOWN, kind, text)

    def _verdict(self, status: VerdictStatus, kind: Reason | None, reason: str) -> Verdict:
        return Verdict(
            status,
            self.theorem,
            kind,
            reason[:_MAX_REASON],
            axioms=self.axioms,
            inductives=self.inductives,
            hashes=dict(self.hashes),
        )


async def open_theorems(elaborating: Ask, challenge: str, limits: JudgeLimits) -> tuple[str, ...]:
    """The theorems of `challenge` whose own proof is a `sorry`, by name.

    Raises UsageError if it doesn't elaborate, LeanFault if Lean can't say.
    """
    request = {"judge": "challenge", "text": _lean_lines(challenge)}
    answer = refuse_fault(await elaborating(request, timeout_s=limits.challenge_s))
    try:
        errors, names = _texts(answer, "errors"), _texts(answer, "open")
    except _End as end:
        raise ProtocolFault(end.reason) from end
    if errors:
        raise UsageError(f"the challenge does not elaborate: {errors[0]}")
    return tuple(sorted(names))


_DEATHS = {
    DeathReason.DEADLINE: Reason.TIME,
    DeathReason.MEMORY: Reason.MEMORY,
    DeathReason.GARBAGE: Reason.MALFORMED,
}


def _unknown_for(fault: LeanFault) -> tuple[Reason, str]:
    """The reason and text of the *unknown* verdict that a fault of a judging process leads to."""
    match fault:
        case WorkerDied():
            return _DEATHS.get(fault.reason, Reason.CRASH), str(fault)
        case WorkerStartFailed():
            return Reason.UNAVAILABLE, str(fault)
        case _:
            return Reason.MALFORMED, str(fault)


async def _ask(process: Ask, request: Answer, timeout_s: float, what: str) -> Answer:
    try:
        return refuse_fault(await process(request, timeout_s=timeout_s))
    except LeanFault as fault:
        kind, text = _unknown_for(fault)
        raise _End(VerdictStatus.UNKNOWN, kind, f"{what}: {text}") from fault


def _errors_end(kind: Reason, what: str, errors: Sequence[str]) -> _End:
    """The end for a text with errors: rejected, or unknown if Lean only gave up at a limit of its own."""
    gave_up = next((error for error in errors if any(sign in error for sign in _OWN_LIMITS)), None)
    if gave_up is not None:
        return _End(VerdictStatus.UNKNOWN, Reason.LIMIT, f"{what} reaches a limit: {gave_up}")
    return _End(VerdictStatus.REJECTED, kind, f"{what} does not elaborate: {errors[0]}")


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
