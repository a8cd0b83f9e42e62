"""Lean workers that read a run's inputs, kept for its pools: a start takes longer than an easy theorem."""

from __future__ import annotations

from prover.lean.session import Worker


class Spares:
    """At most one idle worker for each toolchain, by its fingerprint; those that nobody takes are ended on exit."""

    def __init__(self) -> None:
        self._workers: dict[str, Worker] = {}

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
