"""The judge's two processes, warm for all tests of the room: what elaborates, and what compares."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from prover.judge.processes import ComparingProcess
from prover.lean.toolchain import Embedded
from tests.lean.judge.processes import SharedProcess, start_judging


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def elaborating(toolchain: Embedded) -> AsyncIterator[SharedProcess]:
    process = SharedProcess(lambda: start_judging(toolchain))
    yield process
    await process.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def comparing(toolchain: Embedded) -> AsyncIterator[ComparingProcess]:
    process = ComparingProcess(lambda: start_judging(toolchain))
    yield process
    await process.close()
