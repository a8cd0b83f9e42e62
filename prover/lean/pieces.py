"""Cuts a list of tactic calls into handfuls, and each handful into requests to Lean.

The search gets the outcomes of a *handful* before the next one is sent, so that a proof among the first calls spares
the rest. A handful is sent as one or more *requests*, each no longer than other theorems should wait behind it on the
same worker.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from search.base import TacticCall

REQUEST_S = 0.2
"""Seconds of Lean in one request: others wait behind it, and what it has begun is finished."""
_MAX_REQUEST = 32
"""Calls in one request, however quick they are."""
_LONG_S = 2.0
_FEW = 8
_MANY_WORKERS = 16


@dataclass(frozen=True, slots=True)
class Pieces:
    """The sizes of both: `request_s` are the seconds that a request should take Lean, `handful` is a number of
    calls."""

    request_s: float = REQUEST_S
    handful: int = _FEW

    @classmethod
    def over_network(cls, workers: int, calls_a_second: float) -> Pieces:
        """The sizes for workers of which one driver can reach `calls_a_second` each second: the more workers, the
        longer the requests, and the fewer calls an early proof spares."""
        return cls(max(REQUEST_S, workers / calls_a_second), _FEW if workers < _MANY_WORKERS else _MAX_REQUEST)

    def handfuls(self, calls: Sequence[TacticCall]) -> Iterator[Sequence[TacticCall]]:
        """The calls in order, a handful at a time.

        A call that may take long (more than two seconds, and more than the least of the others) is the last of its
        handful: the outcomes before it are not held up by a second one.
        """
        usual_s = max(_LONG_S, min((call.limits.wall_s for call in calls), default=0.0))
        start = 0
        while start < len(calls):
            end = min(start + self.handful, len(calls))
            long = (at + 1 for at in range(start, end) if calls[at].limits.wall_s > usual_s)
            end = next(long, end)
            yield calls[start:end]
            start = end

    def requests(self, calls: Sequence[TacticCall], tactic_s: float) -> list[Sequence[TacticCall]]:
        """The calls in order, cut into requests of about `request_s` if each tactic takes `tactic_s` seconds."""
        size = max(1, min(_MAX_REQUEST, round(self.request_s / tactic_s)))
        return [calls[start : start + size] for start in range(0, len(calls), size)]
