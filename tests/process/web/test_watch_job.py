"""`stepwise watch JOB` in a process of its own, at a job of a workbench in this one."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from prover.config import Config
from prover.workbench.address import Address, Spot
from prover.workbench.bench import Workbench
from prover.workbench.client import result_of
from prover.workbench.host import Host
from tests.fakes.warm import opening, warm_with
from tests.process.web.test_browser import ALSO_MINE, KNOWN, PROVE, Leisurely


@asynccontextmanager
async def watched(job: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the page that the command serves."""
    command = (sys.executable, "-m", "prover.cli.main", "watch", job)
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    assert process.stderr is not None
    found = re.search(r"(http://\S+/)#(\S+)", (await process.stderr.readline()).decode())
    assert found is not None
    headers = {"Authorization": f"Bearer {found[2]}"}
    try:
        async with httpx.AsyncClient(base_url=found[1], headers=headers, timeout=20) as client:
            yield client
    finally:
        process.terminate()
        assert await process.wait() == 0


async def test_a_job_of_another_process_is_watched_pruned_and_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEPWISE_CACHE", str(tmp_path))
    spot = Spot.of(Config())
    warm = warm_with(KNOWN, environment=Leisurely(ALSO_MINE))
    async with asyncio.timeout(60), Workbench(opening(warm), tag="-1f2a") as bench:
        host = Host(bench)
        async with host.listening() as port:
            spot.write(Address(port, host.token, os.getpid()))
            job = await bench.start(PROVE)
            async with watched(job) as page:
                search = f"theorem={job}"
                events = [event async for event in _events(page, f"/search/events?{search}", until_state=5)]
                assert events[0]["root"] == "⊢ g0"

                async def steer(**wish: object) -> dict[str, object]:
                    answer: dict[str, object] = (await page.post(f"/search/steer?{search}", json=wish)).json()
                    return answer

                assert (await steer(act="hold"))["done"]
                assert (await steer(act="prune", state=5))["done"]
                assert (await steer(act="try", state=1, tactic="no"))["said"] == "no fails"
                assert (await steer(act="try", state=1, tactic="mine"))["done"]
                result = await result_of(bench, job)
            assert result["judged"] and result["proof"] == "go\nmine"


async def _events(page: httpx.AsyncClient, url: str, *, until_state: int) -> AsyncIterator[dict[str, object]]:
    """The events of a feed until so many states are known."""
    known = 1
    async with page.stream("GET", url) as answer:
        async for line in answer.aiter_lines():
            for event in json.loads(line.removeprefix("data: "))["events"] if line.startswith("data: ") else ():
                yield event
                known += len(event.get("new", ()))
            if known > until_state:
                return
