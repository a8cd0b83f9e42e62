"""The embedded Lean, made ready once for all tests of this tier, and a warm step server for those that leave nothing
behind in it but memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest
import pytest_asyncio

from prover.assembly import warm as assembly
from prover.assembly.listener import Listener
from prover.config import Config, LeanConfig
from prover.lean.embedded import ensure_embedded
from prover.lean.toolchain import Embedded
from tests.lean.lean_project.step_client import StepServer

_FULL_MB = 1000
"""Of resident memory; about 810 when it is new. Lean is interrupted at 1,400, and the imports of one test take 250."""


@pytest.fixture(scope="session")
def toolchain() -> Embedded:
    async def prepare() -> Embedded:
        return await Embedded.prepare(await ensure_embedded())

    return asyncio.run(prepare())


class Warm:
    """A server that is replaced once it holds too much, as a pool replaces its workers."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._server: StepServer | None = None

    def server(self) -> StepServer:
        if self._server is None or self._server.resident_mb > _FULL_MB:
            self.close()
            self._server = self._stack.enter_context(StepServer())
        return self._server

    def close(self) -> None:
        self._stack.close()
        self._server = None


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    warm = Warm()
    yield warm
    warm.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def opened(toolchain: Embedded) -> AsyncIterator[assembly.Warm]:
    """The components of a search with one worker, for tests that leave them as they found them; they run on the loop
    of the session."""
    async with assembly.open_warm(Config(lean=LeanConfig(workers=1)), Listener()) as components:
        yield components


@pytest.fixture
def server(warm: Warm) -> StepServer:
    return warm.server()
