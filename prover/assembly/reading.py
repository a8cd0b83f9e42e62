"""Makes a task list of inputs with Lean's help: each text is read by the toolchain that it belongs to."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Protocol, TypeAlias

from prover.assembly.listener import Listener
from prover.assembly.spares import Spares
from prover.assembly.toolchains import Toolchains
from prover.driver.before import told_later
from prover.errors import LeanFault, MemoryLacking, UsageError
from prover.lean.outline import AskOutline, Outline, Unread
from prover.lean.pool import LeanPool
from prover.lean.session import SessionLimits, Worker
from prover.lean.theorem import TheoremWorker
from prover.lean.toolchain import Toolchain
from prover.tasks.auto_bound import taken_for_types
from prover.tasks.document import Document
from prover.tasks.elaborated import last_read, part_read, theorems_read
from prover.tasks.load import Source, open_inputs, read_texts, task_list
from prover.tasks.record import Reading, Refused, TaskList
from prover.tasks.statement import Item, Statement, imports
from prover.tasks.text import read_text

Asked: TypeAlias = Callable[[AskOutline], Awaitable[Outline | Unread]]
"""Asks a Lean for the outline of a text. Raises LeanFault if it is lost."""


class Reads(Protocol):
    """Reads the theorems of a file, or (enough for a question) those up to the line `until`."""

    async def __call__(self, document: Document, /, until: int | None = None) -> Reading: ...


_LONG_S = 10.0
_SHOWN = 20
_LIMITS = SessionLimits()
_STATEMENT_S = 20.0  # for one of a list; a file may take as long as opening a theorem
_MOST_STATEMENTS = 500  # no run waits for more: they are opened one by one anyway


async def read_sources(
    sources: Sequence[Source], leans: Toolchains, listener: Listener, spares: Spares | None = None
) -> TaskList:
    """Every theorem of the sources. The listener is told how many texts were read without Lean, and why; workers that
    read and are well go to `spares`."""
    began = time.monotonic()
    read: dict[int, list[Reading]] = {}
    saying = told_later(listener.note, "Lean reads the input, and imports what it does …")
    with saying if len(sources) == 1 else nullcontext():
        for index, toolchain in enumerate(leans.toolchains):
            async with opened_reader(toolchain, listener, spares) as reader:
                for number, source in enumerate(sources):
                    if leans.index_of_source(source.path) == index:
                        if len(sources) > 1:
                            listener.progress("reading", number, len(sources), "file")
                        read[number] = [await reader.read(item) for item in source.items]
    if (took_s := time.monotonic() - began) > _LONG_S:
        listener.note(f"Lean took {took_s:.0f} s to read the inputs")
    return task_list((source, read[number]) for number, source in enumerate(sources))


def tell_of_the_rest(tasks: TaskList, listener: Listener) -> None:
    """Tell the listener of the theorems that can't be tried, and of what else the inputs leave open."""
    refusals = [f"refused {refused}" for refused in tasks.refused]
    for lines, where in ((refusals, "all are in results.jsonl as invalid"), (tasks.notes, "nothing is done to them")):
        for said in lines[:_SHOWN]:
            listener.warn(said)
        if len(lines) > _SHOWN:
            listener.warn(f"… and {len(lines) - _SHOWN} more; {where}")


def refuse_unreadable(sources: Sequence[Source]) -> None:
    """Raise UsageError if no source can be read at all, which is known without Lean."""
    lists = [source.items for source in sources if isinstance(source.items, list)]
    if len(lists) == len(sources) and all(isinstance(item, Refused) for items in lists for item in items):
        with_theorems(read_texts(sources))


def with_theorems(tasks: TaskList) -> TaskList:
    """The list, if there is a theorem in it to try. Raises UsageError, with the reasons, if there is none."""
    if tasks.tasks:
        return tasks
    reasons = [*map(str, tasks.refused), *tasks.notes]
    more = [f"… and {len(reasons) - _SHOWN} more"] if len(reasons) > _SHOWN else []
    raise UsageError("nothing to prove: " + "\n  ".join((*reasons[:_SHOWN], *more)))


def lean_file(name: str) -> Document:
    """The `.lean` file of that name. Raises UsageError if there is none, or if it is no Lean text."""
    if not Path(name).is_file():
        raise UsageError(f"{name} is a folder" if Path(name).is_dir() else f"there is no file {name}")
    (source,) = open_inputs([name])
    item = next(iter(source.items), None)
    if isinstance(item, Refused):
        raise UsageError(str(item))
    if not isinstance(item, Document):
        raise UsageError(f"{name} is no .lean file")
    return item


@asynccontextmanager
async def opened_reader(
    toolchain: Toolchain, listener: Listener, spares: Spares | None = None, asked: Asked | None = None
) -> AsyncIterator[Reader]:
    """A reader for a while, with a worker of its own unless others are `asked`. In the end its worker goes to `spares`,
    and the listener is told what it could not ask Lean."""
    reader = Reader(toolchain, asked, spares)
    try:
        yield reader
        if spares is not None and (worker := reader.release()) is not None:
            spares.give(toolchain.fingerprint, worker)
    finally:
        await reader.close()
        for reason, count in reader.unread.items():
            texts = "a text was" if count == 1 else f"{count} texts were"
            listener.note(f"{texts} read without Lean: {reason}")


def asked_of(pool: LeanPool) -> Asked:
    """Asks whichever worker of the pool is free, which spares a Lean that only reads."""

    async def ask(asked: AskOutline) -> Outline | Unread:
        async def outline(worker: TheoremWorker) -> Outline | Unread:
            assert isinstance(worker, Worker), "the pool is of this process"
            return await worker.outline(asked)

        return await pool.run_anywhere(outline)

    return ask


class Reader:
    """A Lean that reads texts: started for the first one, and again after a text under which it died; or others that
    are `asked`. The first may have been begun, as one of the `spares`. `unread` counts the texts that it did not read,
    by the reason."""

    def __init__(self, toolchain: Toolchain, asked: Asked | None = None, spares: Spares | None = None) -> None:
        self.unread: Counter[str] = Counter()
        self._asked = asked or self._ask_own
        self._launch = toolchain.launch()
        self._begun = partial((spares or Spares()).take_reader, toolchain.fingerprint)
        self._worker: Worker | None = None
        self._lacking: dict[frozenset[str], Unread] = {}
        self._statements = 0

    async def read(self, item: Item, until: int | None = None) -> Reading:
        """The theorems of an item: as Lean reads it, or as far as the text shows them; refused, where they import what
        is not there. Of a file, those up to the line `until` are enough where it is given."""
        if not isinstance(item, Document | Statement):
            return read_text(item)
        if isinstance(item, Document):
            document, outline = item, await self.outline(AskOutline(item.text, _LIMITS.open_s, until))
        else:
            document, outline = item.document, await self._statement(item.document)
        if (missing := self._lacking.get(imports(document.text))) is not None:
            return _refused(read_text(item), missing.reason.partition("\n")[0])
        if isinstance(outline, Unread):
            self.unread[outline.reason.partition("\n")[0]] += 1
            return read_text(item)
        if isinstance(item, Document):
            return (theorems_read if until is None else part_read)(item, outline)
        found = last_read(document, outline)
        if found is None:
            return read_text(item)
        notes = (f"{document.path}:{item.line}: {said}" for _, said in taken_for_types(outline))
        return Reading((item.told(found),), tuple(notes))

    async def outline(self, asked: AskOutline, *, is_last: bool = False) -> Outline | Unread:
        """What Lean says of a text, asked again if one was lost, or full, that had read others. What it can't import it
        is asked for once. Raises MemoryLacking."""
        if self._launch.is_upstream:
            return Unread("the community REPL can't be asked")
        needed = imports(asked.text)
        if needed in self._lacking:
            return self._lacking[needed]
        is_fresh = self._worker is None and self._asked == self._ask_own
        try:
            outline = await self._asked(asked)
        except MemoryLacking:  # no Lean of the run would start
            raise
        except LeanFault as fault:
            outline = Unread(str(fault), is_worn=True)
        if isinstance(outline, Outline):
            return outline
        if outline.is_worn:
            await self.close()
            return outline if is_fresh or is_last else await self.outline(asked, is_last=True)
        if needed and "module" in outline.reason:
            self._lacking[needed] = outline
        return outline

    async def _statement(self, document: Document) -> Outline | Unread:
        self._statements += 1
        if self._statements > _MOST_STATEMENTS:
            return Unread(f"it reads the first {_MOST_STATEMENTS} statements of a run's inputs")
        return await self.outline(AskOutline(document.text, _STATEMENT_S))

    def release(self) -> Worker | None:
        """The worker that read, if one is up; the caller owns it."""
        worker, self._worker = self._worker, None
        return worker

    async def close(self) -> None:
        if self._worker is not None:
            await self._worker.process.close(grace_s=0.0)
            self._worker = None

    async def _ask_own(self, asked: AskOutline) -> Outline | Unread:
        if self._worker is None:
            self._worker = await self._begun() or await Worker.start(self._launch, _LIMITS)
        return await self._worker.outline(asked)


def _refused(reading: Reading, reason: str) -> Reading:
    """The same with every theorem refused."""
    records = reading.records
    return Reading(
        tuple(
            each if isinstance(each, Refused) else Refused(each.id, reason, each.source, each.line) for each in records
        )
    )
