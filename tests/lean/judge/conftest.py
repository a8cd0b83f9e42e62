"""The judge's processes, warm for the tests of a file: all that the room needs together would fill the machine."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest_asyncio

from prover.judge import Judge
from prover.judge.line import Line
from prover.judge.processes import ComparingProcess
from prover.lean.toolchain import Embedded
from tests.lean.judge.processes import SharedProcess, start_judging


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def elaborating(toolchain: Embedded) -> AsyncIterator[SharedProcess]:
    process = SharedProcess(lambda: start_judging(toolchain))
    yield process
    await process.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def solving(toolchain: Embedded) -> AsyncIterator[SharedProcess]:
    process = SharedProcess(lambda: start_judging(toolchain))
    yield process
    await process.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def comparing(toolchain: Embedded) -> AsyncIterator[ComparingProcess]:
    process = ComparingProcess(lambda: start_judging(toolchain))
    yield process
    await process.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def line(toolchain: Embedded) -> AsyncIterator[Line]:
    line = Line(lambda: start_judging(toolchain), clock=time.monotonic)
    yield line
    await line.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def judge(toolchain: Embedded) -> AsyncIterator[Judge]:
    async with Judge(toolchain) as judge:
        yield judge
