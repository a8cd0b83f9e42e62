"""The embedded Lean, made ready once for all tests of this tier."""

from __future__ import annotations

import asyncio

import pytest

from prover.lean.embedded import ensure_embedded
from prover.lean.toolchain import Embedded


@pytest.fixture(scope="session")
def toolchain() -> Embedded:
    async def prepare() -> Embedded:
        return await Embedded.prepare(await ensure_embedded())

    return asyncio.run(prepare())
