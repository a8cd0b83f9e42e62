"""The language server on a picture in place of Lean: `python -m tests.fakes.editor_server SECONDS`.

Every `sorry` is the goal `p`: `split` leaves two goals, `done` closes it, and `idle`, which nobody proposes, leaves it
as it is. Lean takes so many SECONDS for a tactic, twice as many for `done`. The command `tests.jobs` lists the jobs of
the workbench.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from functools import partial

from prover.lsp.server import Server
from prover.workbench.bench import Workbench
from prover.workbench.jobs import Json
from prover.workbench.requests import Request
from search.base import Outcome, Path, TacticCall
from tests.fakes.graph import GraphEnvironment, Picture
from tests.fakes.warm import opening, warm_with

PICTURE: Picture = {"p": {"split": ["q", "r"], "done": []}, "q": {}, "r": {}}
KNOWN: Picture = {**PICTURE, "p": {**PICTURE["p"], "idle": ["p"]}}


class Slow(GraphEnvironment):
    """Takes its time."""

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        await asyncio.sleep(float(sys.argv[1]) * (2 if calls[0].text == "done" else 1))
        return self.run(path, calls)


class LateBench:
    """A workbench that is entered with its first job, when the server's loop runs."""

    def __init__(self) -> None:
        self._bench = Workbench(opening(warm_with(PICTURE, environment=Slow(KNOWN))))
        self._is_open = False

    async def start(self, request: Request) -> str:
        if not self._is_open:
            self._is_open = True
            await self._bench.__aenter__()
        return await self._bench.start(request)

    async def wait(self, job: str, since: int = 0, timeout_s: float = 20.0) -> list[Json]:
        return await self._bench.wait(job, since, timeout_s)

    async def steer(self, job: str, wish: Json, beside: str = "") -> Json:
        return await self._bench.steer(job, wish, beside)

    async def jobs(self) -> list[Json]:
        return await self._bench.jobs()

    def stop(self, job: str) -> None:
        self._bench.stop(job)


if __name__ == "__main__":
    bench = LateBench()
    server = Server(bench)
    server.language_server.command("tests.jobs")(partial(bench.jobs))
    server.serve()
