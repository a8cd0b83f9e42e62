"""Jobs of a workbench as the page shows them: each is a theorem of the list, its events are what happens to it."""

from __future__ import annotations

import asyncio
from typing import Any

from prover.driver.steering import Answer, Wish
from prover.errors import StepwiseError
from prover.run.result import in_words
from prover.run.trace import expansion_from_json
from prover.web.board import Board
from prover.web.feed import Feed
from prover.web.following import SearchId
from prover.workbench.bench import Bench
from prover.workbench.client import events_of
from prover.workbench.jobs import Json


class JobsView:
    """The jobs that were named to it. `feed` has one event each time that a job's row changes."""

    def __init__(self, bench: Bench) -> None:
        self.feed = Feed()
        self._bench = bench
        self._rows: dict[str, Json] = {}
        self._boards: dict[SearchId, Board] = {}
        self._reading: dict[str, asyncio.Task[None]] = {}

    def follow(self, job: str) -> None:
        """Show a job from its first event on."""
        if job not in self._reading:
            row = self._rows[job] = {"id": job, "statement": "", "status": "waiting", "searches": []}
            self.feed.append({"theorem": dict(row)})
            self._reading[job] = asyncio.create_task(self._read(job))

    async def refresh(self) -> None:
        """Do nothing: the workbench sends the events of its jobs."""

    def board(self, search: SearchId) -> Board | None:
        """The board of a search; None for one that no job has begun."""
        return self._boards.get(search)

    async def close(self) -> None:
        """Follow nothing any more; the jobs go on."""
        for task in self._reading.values():
            task.cancel()
        await asyncio.gather(*self._reading.values(), return_exceptions=True)

    async def _read(self, job: str) -> None:
        try:
            async for event in events_of(self._bench, job):
                self._take(job, event)
        except StepwiseError as fault:
            self._tell(job, status="unknown", said=str(fault))
        self._end(job)

    def _take(self, job: str, event: Json) -> None:
        match event["event"]:
            case "begun":
                self._tell(job, statement=event.get("statement", ""), name=event["theorem"], status="searching")
            case "steerable":
                root = event["root"]
                steering = _Steered(self._bench, job, event["beside"])
                self._board(job, event["beside"]).begin(root["key"], root["goals"], steering)
            case "steered":
                self._board(job, event["beside"]).steered(Wish.of(event))
            case "expansion":
                self._board(job, event["beside"]).add(expansion_from_json(event["expansion"]))
            case "result" if "status" in event:
                proof = event["proof"] if event["judged"] else None
                said = event["error"] or in_words(event["stop_reason"])
                self._tell(job, status=event["status"], said=said, proof=proof, elapsed_s=round(event["elapsed_s"], 1))
            case "ended" if event["state"] != "done":
                self._tell(job, status="unknown", said=event["message"])
            case _:
                pass

    def _board(self, job: str, beside: str) -> Board:
        search = SearchId(job, 0, beside)
        if search not in self._boards:
            self._boards[search] = Board()
            self._tell(job, searches=[*self._rows[job]["searches"], [0, beside]])
        return self._boards[search]

    def _tell(self, job: str, **news: Any) -> None:
        self._rows[job].update(news)
        self.feed.append({"theorem": dict(self._rows[job])})

    def _end(self, job: str) -> None:
        for search, board in self._boards.items():
            if search.theorem == job:
                board.end()


class _Steered:
    """Steers a search of a job, wherever its workbench is."""

    def __init__(self, bench: Bench, job: str, beside: str) -> None:
        self._bench = bench
        self._job = job
        self._beside = beside

    async def do(self, wish: Wish) -> Answer:
        """Have it done. Raises UsageError if the search is over, StepwiseError if the workbench is gone."""
        answer = await self._bench.steer(self._job, wish.to_json(), self._beside)
        return Answer(answer["done"], answer["said"], tuple(answer["goals"]))
