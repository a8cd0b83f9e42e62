"""Lean processes that are there before a run's components: a start takes longer than an easy theorem."""

from __future__ import annotations

from prover.judge import Judge
from prover.lean.session import Worker


class Spares:
    """At most one idle worker and one judge for each toolchain, by its fingerprint; what nobody takes is ended."""

    def __init__(self) -> None:
        self._workers: dict[str, Worker] = {}
        self._judges: dict[str, Judge] = {}

    def begin(self, fingerprint: str, judge: Judge) -> None:
        """Start a judge's processes while the inputs are read, and own it until somebody takes it."""
        judge.begin()
        self._judges[fingerprint] = judge

    def take_judge(self, fingerprint: str) -> Judge | None:
        """The judge of a toolchain, if one was begun; the caller owns it."""
        return self._judges.pop(fingerprint, None)

    def give(self, fingerprint: str, worker: Worker) -> None:
        """Keep a worker, and own it until somebody takes it."""
        assert fingerprint not in self._workers
        self._workers[fingerprint] = worker

    def take(self, fingerprint: str) -> Worker | None:
        """The worker of a toolchain, if there is one; the caller owns it."""
        return self._workers.pop(fingerprint, None)

    async def __aenter__(self) -> Spares:
        return self

    async def __aexit__(self, *_: object) -> None:
        for fingerprint in list(self._workers):
            await self._workers.pop(fingerprint).process.close(grace_s=0.0)
        for judge in self._judges.values():
            await judge.__aexit__(None, None, None)
