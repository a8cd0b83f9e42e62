"""Fills the `sorry`s of a file, or of a part of it, and gives the file back with the rest as it was."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from prover.assembly.components import Own
from prover.assembly.listener import Listener
from prover.assembly.reading import Asked, lean_file
from prover.assembly.together import NOT_TOGETHER, not_fitting
from prover.assembly.warm import open_warm
from prover.config import Config
from prover.driver.job import Job
from prover.driver.parts import Components
from prover.driver.results import result_of
from prover.driver.searches import budget_of
from prover.driver.theorem import TheoremProver
from prover.driver.tracer import Untraced
from prover.errors import UsageError
from prover.run.result import HoleResult, Status, TheoremResult
from prover.tasks import Document, Refused, TheoremTask, fill_document
from prover.tasks.filled import sorries_written
from prover.tasks.record import Reading

_PART = re.compile(r"(?P<name>.+?)(?::(?P<first>\d+)(?:-(?P<last>\d+))?)?")


@dataclass(frozen=True, slots=True)
class Part:
    """A `.lean` file, or its lines from `first` to `last`, counted from 1."""

    name: str
    first: int | None = None
    last: int | None = None

    @classmethod
    def parse(cls, text: str) -> Part:
        """The part that FILE, FILE:LINE or FILE:A-B names. Raises UsageError for lines that end before they begin."""
        found = _PART.fullmatch(text)
        if found is None or found["first"] is None:
            return cls(text)
        first, last = int(found["first"]), int(found["last"] or found["first"])
        if last < first:
            raise UsageError(f"{text}: lines {first} to {last} are none")
        return cls(found["name"], first, last)

    def __str__(self) -> str:
        lines = "" if self.first is None else f":{self.first}" + (f"-{self.last}" if self.last != self.first else "")
        return f"{self.name}{lines}"

    def __contains__(self, line: int) -> bool:
        return self.first is None or self.last is None or self.first <= line <= self.last


@dataclass(frozen=True, slots=True)
class Order:
    """A theorem and the numbers of its holes that are to be filled."""

    task: TheoremTask
    holes: frozenset[int]


@dataclass(frozen=True, slots=True)
class FilledTheorem:
    """What became of an order. `holes` are those that were ordered."""

    order: Order
    result: TheoremResult

    @property
    def holes(self) -> tuple[HoleResult, ...]:
        return tuple(hole for number, hole in self.known if number in self.order.holes)

    @property
    def known(self) -> Iterator[tuple[int, HoleResult]]:
        """Every hole of the theorem, with its number."""
        line, column = self.order.task.position
        (script, *_), reason = self.result.scripts, self.result.error or self.result.stop_reason
        known = self.result.holes or (HoleResult(line, column, "", script, "" if script else reason),)
        return enumerate(known)

    def taken_back(self) -> FilledTheorem:
        """The same with every `sorry` as it was."""
        holes = [replace(hole, proof=None, partial=None, left=(), stop_reason=NOT_TOGETHER) for _, hole in self.known]
        result = replace(self.result, status=Status.FAILED, stop_reason=NOT_TOGETHER, proof=None, holes=tuple(holes))
        return replace(self, result=result)


@dataclass(frozen=True, slots=True)
class Left:
    """A goal that an unfinished proof leaves: the place of its `sorry` in the file as it comes back."""

    theorem: str
    line: int
    column: int
    goal: str


@dataclass(frozen=True, slots=True)
class Filling:
    """A file with what was filled so far, in the order in which theorems were done; `notes` name what is no theorem's,
    and theorems that can't be tried."""

    document: Document
    theorems: tuple[FilledTheorem, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        """The file with the scripts in place, its line ends as they were."""
        return fill_document(self.document, self.written)

    @property
    def left(self) -> tuple[Left, ...]:
        """The goals of unfinished proofs, where those were asked for, in the order of the file."""
        goals = {(each.order.task.id, number): hole.left for each in self.theorems for number, hole in each.known}
        places = sorries_written(self.document, self.written)
        return tuple(
            Left(name, line, column, goal)
            for (name, number), here in places.items()
            for (line, column), goal in zip(here, goals.get((name, number), ()), strict=False)
        )

    @property
    def written(self) -> list[tuple[TheoremTask, tuple[str | None, ...]]]:
        """The scripts of each theorem, None where a `sorry` stays."""
        return [(each.order.task, each.result.written) for each in self.theorems]

    def without(self, task: TheoremTask) -> Filling:
        """The same without the scripts of a theorem, which is told last: they don't elaborate beside the others."""
        ended = {each.order.task.id: each for each in self.theorems}
        ended[task.id] = ended.pop(task.id).taken_back()
        return replace(self, theorems=tuple(ended.values()))

    @property
    def judged(self) -> tuple[str, ...]:
        """The theorems that hold no `sorry` any more, and that the judge accepted."""
        return tuple(each.result.name for each in self.theorems if each.result.status is Status.PROVED)

    def to_json(self) -> dict[str, Any]:
        """The object that `stepwise fill --json` prints."""
        holes = [
            {"theorem": each.result.name, "line": hole.line, "column": hole.column, "goal": hole.goal}
            | {"proof": hole.proof, "stop_reason": hole.stop_reason, "partial": hole.partial}
            for each in self.theorems
            for hole in each.holes
        ]
        left = [asdict(each) for each in self.left]
        return {"holes": holes, "left": left, "judged": list(self.judged), "notes": list(self.notes), "text": self.text}


async def fill(
    place: str,
    config: Config,
    listener: Listener | None = None,
    *,
    own: Own | None = None,
    on_filled: Callable[[Filling], None] = lambda _: None,
    on_fitting: Callable[[Filling], None] = lambda _: None,
) -> Filling:
    """Fill the `sorry`s of FILE, FILE:A-B, or FILE:LINE (of its theorem, if the line holds none), each theorem within
    the settings' time. Nothing is written.

    `on_filled` hears of the file after each theorem, `on_fitting` whenever Lean has read it, without what it refuses
    beside the other proofs. Raises UsageError if there is no such file or no such place.
    """
    part = Part.parse(place)
    document = lean_file(part.name)
    async with open_warm(config, listener or Listener(), own) as warm:
        reading = await warm.read(document)
        orders = orders_in(reading, part)
        begun = Filling(document, notes=(*map(str, _refused(reading)), *reading.notes))
        async with _Together(warm.outline, on_fitting) as together:

            def tell(filling: Filling) -> None:
                on_filled(filling)
                together.offer(filling)

            filling = await fill_orders(begun, orders, warm.parts, at_once=config.lean.workers, on_filled=tell)
            for task in await together.misfits():
                filling = filling.without(task)
                on_filled(filling)
    return filling


class _Together:
    """Has Lean read a file with its new proofs while others are looked for: one reading at a time, of what was offered
    last. `on_fitting` hears of each, without the theorems that have to be left out."""

    def __init__(self, ask: Asked, on_fitting: Callable[[Filling], None]) -> None:
        self._ask = ask
        self._on_fitting = on_fitting
        self._offered: Filling | None = None
        self._reading: asyncio.Task[list[TheoremTask]] | None = None

    async def __aenter__(self) -> _Together:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    def offer(self, filling: Filling) -> None:
        """The file has a new proof. Raises what `on_fitting` raised of an earlier one."""
        self._offered = filling
        if self._reading is not None and self._reading.done():
            self._reading.result()
            self._reading = None
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())

    async def misfits(self) -> list[TheoremTask]:
        """The theorems that have to be left out of what was offered last."""
        return [] if self._reading is None else await self._reading

    async def _read(self) -> list[TheoremTask]:
        while True:
            filling = offered = self._offered
            assert filling is not None
            misfits = await not_fitting(filling.document, filling.written, self._ask)
            for task in misfits:
                filling = filling.without(task)
            self._on_fitting(filling)
            if self._offered is offered:
                return misfits


async def fill_orders(
    begun: Filling,
    orders: Sequence[Order],
    parts: Components,
    *,
    at_once: int = 1,
    on_filled: Callable[[Filling], None] = lambda _: None,
) -> Filling:
    """The same with components that are open already: do the orders, `at_once` at a time."""
    filling, places = begun, asyncio.Semaphore(at_once)
    prover = TheoremProver(parts, lambda *_: Untraced())
    budget = budget_of(parts.settings, parts.time_limit_s)

    async def work(order: Order) -> None:
        nonlocal filling
        job = Job(order.task, 0, 0, budget, holes=order.holes)
        async with places:
            result = result_of(job, await prover.prove(job))
        filling = Filling(filling.document, (*filling.theorems, FilledTheorem(order, result)), filling.notes)
        on_filled(filling)

    tasks = [asyncio.create_task(work(order)) for order in orders]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return filling


def orders_in(reading: Reading, part: Part) -> list[Order]:
    """The holes of a part of a file, by theorem. Raises UsageError, saying where there are some, if there are none."""
    tasks = [record for record in reading.records if isinstance(record, TheoremTask)]
    orders = [Order(task, _holes_in(task, part)) for task in tasks]
    chosen = [order for order in orders if order.holes]
    if not chosen and part.first is not None and part.first == part.last:
        around = [task for task in tasks if _stands_at(task, part.first)]
        chosen = [Order(task, frozenset(range(len(task.holes)))) for task in around]
    if chosen:
        return chosen
    known = ", ".join(f"{place.position[0]} ({task.name})" for task in tasks for place in task.places)
    reasons = "; ".join((*map(str, _refused(reading)), *reading.notes)) or "it holds no `sorry`"
    raise UsageError(f"nothing to fill in {part}: " + (f"there is a `sorry` at: {known}" if known else reasons))


def _holes_in(task: TheoremTask, part: Part) -> frozenset[int]:
    return frozenset(number for number, place in enumerate(task.places) if place.position[0] in part)


def _stands_at(task: TheoremTask, line: int) -> bool:
    return task.line <= line <= task.line + task.declaration.count("\n")


def _refused(reading: Reading) -> list[Refused]:
    return [record for record in reading.records if isinstance(record, Refused)]
