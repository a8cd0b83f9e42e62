"""Jobs of a workbench on the page, on pictures in place of Lean."""

from __future__ import annotations

import asyncio

from prover.driver.steering import Act, Wish
from prover.web.board import Board
from prover.web.following import SearchId
from prover.web.jobs import JobsView
from prover.workbench.bench import Workbench
from prover.workbench.client import events_of, result_of
from prover.workbench.requests import Prove
from tests.fakes.graph import Endless, Picture
from tests.fakes.warm import opening, warm_with

PICTURE: Picture = {"p": {"split": ["q", "r"], "done": []}, "q": {}, "r": {}}
PROVE = Prove(path="mine.lean", text="theorem t : p := by\n  sorry\n", line=2)


async def test_a_job_that_is_over_is_shown_with_its_search_and_its_proof() -> None:
    async with Workbench(opening(warm_with(PICTURE))) as bench:
        job = await bench.start(PROVE)
        await result_of(bench, job)
        view = JobsView(bench)
        view.follow(job)
        while (row := view.feed.after("", 99)[1][-1]["theorem"])["status"] != "proved":
            await asyncio.sleep(0)
        assert (row["id"], row["name"], row["proof"], row["searches"]) == (job, "t", "done", [[0, ""]])
        board = view.board(SearchId(job))
        assert board is not None
        state = board.state(0)
        assert state is not None and state["expanded"]
        assert view.board(SearchId("job9")) is None
        await view.close()


async def test_a_job_that_runs_is_steered_through_its_workbench() -> None:
    async with Workbench(opening(warm_with(PICTURE, environment=Endless(PICTURE)))) as bench:
        job = await bench.start(PROVE)
        view = JobsView(bench)
        view.follow(job)
        while (board := view.board(SearchId(job))) is None or board.steering is None:
            await asyncio.sleep(0.001)
        assert (await board.steering.do(Wish(Act.PAUSE))).is_done
        bench.stop(job)
        while board.steering is not None:
            await asyncio.sleep(0.001)
        await view.close()


async def test_what_an_agent_does_at_a_search_is_seen_on_every_page() -> None:
    async with Workbench(opening(warm_with(PICTURE, environment=Endless(PICTURE)))) as bench:
        job = await bench.start(PROVE)
        pages = [JobsView(bench), JobsView(bench)]
        for view in pages:
            view.follow(job)
        async for event in events_of(bench, job):
            if event["event"] == "steerable":
                break
        for act in ("pause", "boost", "resume"):
            assert (await bench.steer(job, {"act": act}))["done"]
        assert not (await bench.steer(job, {"act": "pin", "state": "nowhere"}))["done"]
        bench.stop(job)
        for view in pages:
            while (board := view.board(SearchId(job))) is None or board.steering is not None or not _acts(board):
                await asyncio.sleep(0.001)
            assert _acts(board) == [("pause", 0), ("boost", 0), ("resume", 0)]
            await view.close()


def _acts(board: Board) -> list[tuple[str, int]]:
    return [(event["act"], event["at"]) for event in board.feed.after("", 99)[1] if "act" in event]
