"""The page's server, asked over a socket of this machine as a browser asks it."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from prover.driver.steering import Steering
from prover.driver.tracer import Tracer
from prover.errors import UsageError
from prover.run.trace import TraceWriter, trace_path
from prover.web.app import Viewer
from prover.web.serving import serving
from search.base import TacticLimits
from tests.fakes.drive import start
from tests.fakes.graph import GraphEnvironment
from tests.fakes.run_folder import expansions, make_run
from tests.fakes.traced_run import write_traced_run


@asynccontextmanager
async def opened(run: Path | None, *, has_token: bool = True) -> AsyncIterator[tuple[httpx.AsyncClient, Viewer]]:
    """A client of a server that shows the run."""
    viewer = Viewer()
    if run is not None:
        viewer.follow(run)
    async with serving(viewer) as address:
        base, _, token = address.partition("#")
        async with httpx.AsyncClient(base_url=base, timeout=10) as client:
            if has_token:
                assert (await client.post("/session", json={"token": token})).status_code == 204
            yield client, viewer


async def frames(client: httpx.AsyncClient, url: str, count: int, **headers: str) -> list[dict[str, Any]]:
    """The first frames of a feed, each with its place as `id`."""
    read: list[dict[str, Any]] = []
    place = ""
    async with asyncio.timeout(10), client.stream("GET", url, headers=headers) as answer:
        assert answer.status_code == 200, await answer.aread()
        async for line in answer.aiter_lines():
            if line.startswith("id: "):
                place = line[4:]
            if line.startswith("data: "):
                read.append({"id": place, **json.loads(line[6:])})
            if len(read) == count:
                break
    return read


async def test_theorems_are_told_with_how_they_ended_and_with_their_searches(tmp_path: Path) -> None:
    async with opened(make_run(tmp_path)) as (client, _):
        (frame,) = await frames(client, "/run/events", 1)
    rows = {event["theorem"]["id"]: event["theorem"] for event in frame["events"] if "theorem" in event}
    assert rows["A.one"]["status"] == "proved"
    assert rows["A.never"]["status"] == "failed"
    assert rows["A.one"]["searches"] == [[0, ""]]


async def test_a_finished_search_is_told_from_its_trace_and_a_reader_gets_what_it_missed(tmp_path: Path) -> None:
    async with opened(make_run(tmp_path)) as (client, _):
        url = "/search/events?theorem=A.one"
        await frames(client, "/run/events", 1)
        (whole,) = await frames(client, url, 1)
        assert [event["state"] for event in whole["events"]] == [0, 2, 1, 3, 4]
        epoch = whole["id"].split("-")[0]
        (rest,) = await frames(client, url, 1, **{"Last-Event-ID": f"{epoch}-3"})
        assert rest["events"] == whole["events"][3:]
        assert "reset" not in rest
        (anew,) = await frames(client, url, 1, **{"Last-Event-ID": "another-3"})
        assert anew["reset"]
        assert anew["events"] == whole["events"]
        state = (await client.get("/search/state?theorem=A.one&state=1")).json()
        assert state["goals"] == "h : p\n⊢ p ∧ p"
        for unknown in ("theorem=A.one&state=99", "theorem=A.one&state=x", "theorem=B&state=0", "theorem=A.one"):
            assert (await client.get(f"/search/state?{unknown}")).status_code == 404


async def test_a_run_at_work_is_followed_as_its_files_grow(tmp_path: Path) -> None:
    run = write_traced_run(tmp_path / "run", ["theorem t : 1 = 1"])
    async with opened(run) as (client, viewer):
        await frames(client, "/run/events", 1)
        reading = asyncio.create_task(frames(client, "/search/events?theorem=t&attempt=1", 2))
        await asyncio.sleep(0)
        reading.cancel()
        assert viewer.view is not None
        with TraceWriter(trace_path(run, "t", 1), {"id": "t"}) as writer:
            await viewer.view.refresh()
            reading = asyncio.create_task(frames(client, "/search/events?theorem=t&attempt=1", 2))
            await asyncio.sleep(0.3)
            writer.write(expansions(is_proved=True)[0])
        first, second = await reading
        assert first == {"id": first["id"], "reset": True, "events": []}
        assert [event["state"] for event in second["events"]] == [0]


async def test_a_run_whose_process_is_gone_is_interrupted_and_nothing_is_busy(tmp_path: Path) -> None:
    run = write_traced_run(tmp_path / "run", ["theorem t : 1 = 1"])
    (run / "utilisation.jsonl").write_text('{"lean_busy": 1.0}\n', encoding="utf8")
    async with opened(run) as (client, _):
        (before,) = await frames(client, "/run/events", 1)
        killed = subprocess.Popen([sys.executable, "-c", ""])
        killed.wait()
        (run / "lock").write_text(f"process {killed.pid} on {socket.gethostname()}\n", encoding="utf8")
        (after,) = await frames(client, "/run/events", 1)
    assert before["events"][-1] == {"load": {"lean_busy": 1.0}}
    *_, row, load = after["events"]
    assert (row["theorem"]["status"], load) == ("interrupted", {"load": {}})


async def test_a_search_of_this_process_is_seen_before_it_is_written(tmp_path: Path) -> None:
    run = write_traced_run(tmp_path / "run", ["theorem t : 1 = 1"])
    async with opened(run) as (client, viewer):
        onlooker = viewer.watch("t", 3, "")
        assert onlooker is not None
        onlooker.expanded(expansions(is_proved=True)[0])
        (frame,) = await frames(client, "/search/events?theorem=t&attempt=3", 1)
        assert [event["state"] for event in frame["events"]] == [0]


async def test_who_asks_for_a_search_before_it_begins_is_told_of_it_from_its_first_expansion(tmp_path: Path) -> None:
    run = write_traced_run(tmp_path / "run", ["theorem t : 1 = 1"])
    asked = "/search/events?theorem=t&attempt=3"
    async with opened(run) as (client, viewer), asyncio.timeout(10), client.stream("GET", asked) as answer:
        assert answer.status_code == 200
        onlooker = viewer.watch("t", 3, "")
        assert onlooker is not None
        onlooker.expanded(expansions(is_proved=True)[0])
        line = await anext(line async for line in answer.aiter_lines() if line.startswith("data: "))
        assert [event["state"] for event in json.loads(line.removeprefix("data: "))["events"]] == [0]


async def test_a_search_of_this_process_is_steered_and_every_page_sees_it(tmp_path: Path) -> None:
    run = write_traced_run(tmp_path / "run", ["theorem t : 1 = 1"])
    environment = GraphEnvironment({"root": {"insight": ["lemma"]}, "lemma": {}})
    search = start(environment)
    async with opened(run) as (client, viewer):
        onlooker = viewer.watch("t", 3, "")
        assert onlooker is not None
        tracer = Tracer(lambda: TraceWriter(tmp_path / "t.gz", {}), onlooker=onlooker)
        tracer.steerable(Steering(search, environment, tracer, limits=TacticLimits(), clock=lambda: 0.0))
        url = "/search/steer?theorem=t&attempt=3"
        wrong = await client.post(url, json={"act": "dance"})
        assert (wrong.status_code, "act is one of" in wrong.text) == (400, True)
        assert (await client.post(url, json={"act": "pin", "state": 7})).status_code == 400
        refused = (await client.post(url, json={"act": "try", "state": 0, "tactic": "x"})).json()
        assert refused == {"done": False, "said": "x fails", "goals": []}
        done = (await client.post(url, json={"act": "try", "state": 0, "tactic": "insight"})).json()
        assert done == {"done": True, "said": "", "goals": ["⊢ lemma"]}
        assert (await client.post(url, json={"act": "pin", "state": 1})).json()["done"]
        (frame,) = await frames(client, "/search/events?theorem=t&attempt=3", 1)
        told = [event for event in frame["events"] if "act" in event or "steps" in event]
        assert [event.get("act", "expanded") for event in told] == ["expanded", "try", "pin"]
        tracer.close()
        assert (await client.post(url, json={"act": "pause"})).status_code == 404
        assert (await client.post("/search/steer?theorem=t", json={"act": "pause"})).status_code == 404


async def test_a_page_that_is_open_before_the_run_begins_hears_of_its_beginning(tmp_path: Path) -> None:
    async with opened(None) as (client, viewer):
        reading = asyncio.create_task(frames(client, "/run/events", 1))
        await asyncio.sleep(0.2)
        viewer.follow(make_run(tmp_path))
        (frame,) = await reading
        assert frame["events"][0] == {"run": "run"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": "evil.example:80"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_other_hosts_and_origins_are_refused(tmp_path: Path, headers: dict[str, str], status: int) -> None:
    async with opened(make_run(tmp_path)) as (client, _):
        await frames(client, "/run/events", 1)
        answer = await client.get("/search/state?theorem=A.one&state=0", headers=headers)
        assert answer.status_code == status


async def test_without_the_token_nothing_of_a_run_is_told(tmp_path: Path) -> None:
    async with opened(make_run(tmp_path), has_token=False) as (client, _):
        assert (await client.get("/")).status_code == 200
        assert (await client.get("/static/app.js")).status_code == 200
        for path in ("/run/events", "/search/events?theorem=A.one", "/search/state?theorem=A.one&state=0"):
            assert (await client.get(path)).status_code == 403, path
        wrong: tuple[object, ...] = ({"token": "guess"}, {"token": 1}, [], "x")
        for given in wrong:
            assert (await client.post("/session", json=given)).status_code == 403
        assert (await client.get("/run/events", headers={b"authorization": "Bearer é".encode()})).status_code == 403


async def test_files_outside_the_page_are_not_served(tmp_path: Path) -> None:
    async with opened(make_run(tmp_path)) as (client, _):
        for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd"):
            assert (await client.get(path)).status_code in (403, 404), path


async def test_the_page_may_load_nothing_from_elsewhere_and_stand_in_no_frame(tmp_path: Path) -> None:
    async with opened(make_run(tmp_path)) as (client, _):
        policy = (await client.get("/")).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert "unsafe" not in policy


async def test_a_taken_port_is_said() -> None:
    async with serving(Viewer()) as address:
        port = int(address.split(":")[2].split("/")[0])
        with pytest.raises(UsageError, match=str(port)):
            async with serving(Viewer(), port):
                pass


async def test_the_server_ends_though_somebody_still_reads(tmp_path: Path) -> None:
    async with asyncio.timeout(5):
        async with opened(make_run(tmp_path)) as (client, _):
            answer = await client.send(client.build_request("GET", "/run/events"), stream=True)
        await answer.aclose()
