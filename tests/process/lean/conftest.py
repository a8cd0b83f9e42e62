"""Every test that asks for `pool` runs over both kinds of seats."""

from __future__ import annotations

import pytest

from tests.fakes.toolchain import MakePool, far_pool, pool


@pytest.fixture(name="pool", params=[pool, far_pool], ids=["processes", "actors"])
def each_pool(request: pytest.FixtureRequest) -> MakePool:
    """Makes a pool of fake servers."""
    make: MakePool = request.param
    return make
