"""The tactics of finished proofs: where each stands in a text, its goals, and what it does when it is run alone.

The step server's answer to `cmd` with `allTactics` (docs/protocol.md) names every tactic that stands in a text, with
the proof state before it; the tactic is then run on that state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prover.errors import ProtocolFault
from prover.lean.json_fields import Json, field, items, texts
from prover.lean.outline import Span
from prover.lean.protocol import Drop, Finished, GoalsLeft, RunTactics, TacticAnswer, read_tactics
from prover.lean.session import Worker
from search.base import TacticCall, TacticLimits

_LATE_S = 30.0


@dataclass(frozen=True, slots=True)
class WrittenTactic:
    """A tactic of a text: its place (lines from 1, columns from 0), the goals before it, the constants in the terms
    that it gave to them, and the server's number of the state before it."""

    span: Span
    before: str
    constants: tuple[str, ...]
    state: int


@dataclass(frozen=True, slots=True)
class RunAgain:
    """What a tactic did when it was run alone: the goals after it, or the reason why it did not run."""

    after: str = ""
    fault: str = ""


class FinishedProofs:
    """Asks one worker about texts, one after the other. Raises LeanFault if its process is lost."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    async def tactics(self, text: str, limit_s: float) -> list[WrittenTactic]:
        """Every tactic of a text that is elaborated as it stands, in the order in which they begin to run. Raises
        ProtocolFault, with what Lean said, for a text that can't be read at all."""
        wire = {"cmd": text, "allTactics": True, "wallMs": round(limit_s * 1000)}
        answer = await self._ask(wire, limit_s)
        return [_tactic(item) for item in items(answer, "tactics")]

    async def again(self, tactic: WrittenTactic, text: str, limits: TacticLimits) -> RunAgain:
        """The effect of the tactic, which is written as `text`, on the state before it."""
        request = RunTactics(tactic.state, (TacticCall(text, limits),))
        (answer,) = read_tactics(await self._ask(request.wire(), limits.wall_s), 1)
        done = _run(answer)
        if isinstance(answer, GoalsLeft):
            await self._ask(Drop((answer.state_id,)).wire(), _LATE_S)
        return done

    async def _ask(self, wire: Mapping[str, Any], limit_s: float) -> Json:
        answer = await self._worker.process.submit(dict(wire), timeout_s=limit_s + _LATE_S)
        if "message" in answer:
            raise ProtocolFault(field(answer, "message", str))
        return answer


def _tactic(item: Json) -> WrittenTactic:
    start, end = field(item, "pos", dict), field(item, "endPos", dict)
    span = Span((start["line"], start["column"]), (end["line"], end["column"]))
    return WrittenTactic(span, field(item, "goals", str), texts(item, "usedConstants"), field(item, "proofState", int))


def _run(answer: TacticAnswer) -> RunAgain:
    match answer:
        case GoalsLeft(state=state):
            return RunAgain(state.pretty)
        case Finished():
            return RunAgain("no goals")
        case _:
            return RunAgain(fault=str(getattr(answer, "message", "") or getattr(answer, "limit", "")))
