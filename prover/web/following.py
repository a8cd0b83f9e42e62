"""A run folder as the page shows it, whether the run is over or goes on: its theorems, its load, its searches."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from prover.driver.steering import Steering
from prover.errors import RunFolderError
from prover.files import file_names
from prover.run.journal import is_at_work
from prover.run.result import SETTLED, TheoremResult, in_words
from prover.run.store import read_tasks
from prover.run.tail import LineTail, TraceTail
from prover.run.trace import TraceExpansion, trace_path
from prover.web.board import Board
from prover.web.feed import Feed
from search.split import merge_key

_TRACE = re.compile(r"(.+?)(?:\.(\d+))?\.jsonl\.gz")


class SearchId(NamedTuple):
    """A search of a run: the theorem's id, the attempt at it, and what was searched beside the statement, if so."""

    theorem: str
    attempt: int = 0
    beside: str = ""


class _FollowedBoard(Board):
    """A board that reads a trace file, and goes on reading while the file grows."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._tail = TraceTail(path)
        self._lock = asyncio.Lock()

    async def refresh(self) -> None:
        """Take in what the file got since the last time."""
        async with self._lock:
            await asyncio.to_thread(self._read)

    def _read(self) -> None:
        expansions = self._tail.more_expansions()
        if expansions is None:
            self.begin_anew()
            expansions = self._tail.more_expansions() or []
        for expansion in expansions:
            self.add(expansion)


class LiveBoard(Board):
    """The board of a search of this process: its onlooker."""

    def __init__(self, forget: Callable[[LiveBoard], None]) -> None:
        super().__init__()
        self._forget = forget

    def expanded(self, expansion: TraceExpansion) -> None:
        """An expansion has ended."""
        self.add(expansion)

    def steerable(self, steering: Steering) -> None:
        """The search can be steered from now on."""
        self.begin(merge_key(steering.root), steering.root.pretty, steering)
        steering.tell(self.steered)

    def ended(self) -> None:
        """The search is over: whoever wants to see it from now on reads its trace."""
        self.end()
        self._forget(self)


class RunView:
    """The run in a folder. `feed` has one event each time that a theorem's row changes, and each time that the load was
    sampled. Raises RunFolderError if the folder holds no run."""

    def __init__(self, path: Path) -> None:
        self.feed = Feed()
        self._path = path
        self._tasks = {task.id: task for task in read_tasks(path).tasks}
        self._stems = file_names(list(self._tasks))
        self._ids = {stem: identifier for identifier, stem in self._stems.items()}
        self._results: dict[str, TheoremResult] = {}
        self._searches: dict[str, set[SearchId]] = {identifier: set() for identifier in self._tasks}
        self._boards: dict[SearchId, Board] = {}
        self._listed: dict[Path, int] = {}
        self._journal = LineTail(path / "results.jsonl")
        self._samples = LineTail(path / "utilisation.jsonl")
        self._is_at_work = is_at_work(path)
        self.feed.append({"run": path.name})
        for identifier in self._tasks:
            self._tell(identifier)

    async def refresh(self) -> None:
        """Look for results, traces and samples that are new."""
        was_at_work, self._is_at_work = self._is_at_work, is_at_work(self._path)
        is_turned = was_at_work != self._is_at_work
        changed = {*self._new_results(), *self._new_searches(), *(self._tasks if is_turned else ())}
        for identifier in sorted(changed):
            self._tell(identifier)
        samples = self._samples.more() or []
        if self._is_at_work and samples:
            self.feed.append({"load": json.loads(samples[-1])})
        elif is_turned:
            self.feed.append({"load": {}})

    def board(self, search: SearchId) -> Board | None:
        """The board of a search; None for one that the run has nothing of."""
        if search not in self._searches.get(search.theorem, ()):
            return None
        if search not in self._boards:
            path = trace_path(self._path, self._stems[search.theorem], search.attempt, search.beside)
            self._boards[search] = _FollowedBoard(path)
        return self._boards[search]

    def watch(self, search: SearchId) -> LiveBoard:
        """The board for a search that begins in this process."""

        def forget(ended: LiveBoard) -> None:
            if self._boards.get(search) is ended:
                del self._boards[search]

        board = self._boards[search] = LiveBoard(forget)
        self._searches[search.theorem].add(search)
        self._tell(search.theorem)
        return board

    def _new_results(self) -> list[str]:
        found = []
        for line in self._journal.more() or ():
            try:
                result = TheoremResult.from_json(json.loads(line))
            except (ValueError, RunFolderError):
                continue
            known = self._results.get(result.id)
            if known is None or known.status not in SETTLED:
                self._results[result.id] = result
            found.append(result.id)
        return [identifier for identifier in found if identifier in self._tasks]

    def _new_searches(self) -> list[str]:
        changed = []
        traces = self._path / "trace"
        folders = [traces, *(each for each in traces.glob("*") if each.is_dir())] if traces.is_dir() else []
        for folder in folders:
            beside = "" if folder == traces else folder.name
            changed_ns = folder.stat().st_mtime_ns
            if self._listed.get(folder, 0) == changed_ns:
                continue
            self._listed[folder] = changed_ns
            for name in folder.glob("*.jsonl.gz"):
                search = self._search_of(name.name, beside)
                if search is not None and search not in self._searches[search.theorem]:
                    self._searches[search.theorem].add(search)
                    changed.append(search.theorem)
        return changed

    def _search_of(self, name: str, beside: str) -> SearchId | None:
        """The search whose trace has that name: the stem of a theorem, and the number of a later attempt."""
        stem = name.removesuffix(".jsonl.gz")
        if stem in self._ids:
            return SearchId(self._ids[stem], 0, beside)
        match = _TRACE.fullmatch(name)
        if match is None or match[2] is None or match[1] not in self._ids:
            return None
        return SearchId(self._ids[match[1]], int(match[2]), beside)

    def _tell(self, identifier: str) -> None:
        """Say how a theorem stands."""
        result = self._results.get(identifier)
        searches = sorted(self._searches[identifier])
        row: dict[str, Any] = {
            "id": identifier,
            "statement": self._tasks[identifier].statement,
            "status": "waiting" if not searches else "searching" if self._is_at_work else "interrupted",
            "searches": [[search.attempt, search.beside] for search in searches],
        }
        if result is not None and not any(search.attempt > result.attempt for search in searches):
            row["status"] = str(result.status)
            row["said"] = result.error or in_words(result.stop_reason)
            row["proof"] = result.proof
            row["elapsed_s"] = round(result.elapsed_s, 1)
        self.feed.append({"theorem": row})
