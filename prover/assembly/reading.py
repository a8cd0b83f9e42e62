"""Makes a task list of inputs with Lean's help: each `.lean` file is read by the toolchain that it belongs to."""

from __future__ import annotations

import time
from collections.abc import Sequence

from prover.assembly.listener import Listener
from prover.assembly.toolchains import Toolchains
from prover.errors import LeanFault, UsageError
from prover.lean.outline import Outline, Unread
from prover.lean.session import SessionLimits, Worker
from prover.lean.toolchain import Toolchain
from prover.tasks.elaborated import theorems_read
from prover.tasks.load import Source, task_list
from prover.tasks.record import Document, Reading, TaskList

_LONG_S = 10.0
_SHOWN = 20


async def read_sources(sources: Sequence[Source], leans: Toolchains, listener: Listener) -> TaskList:
    """Every theorem of the sources. The listener is told of theorems that can't be tried, and of files that were read
    as text because Lean could not be asked. Raises UsageError where nothing is left to try."""
    readings: dict[Document, Reading] = {}
    for index, toolchain in enumerate(leans.toolchains):
        texts = [source.content for source in sources if isinstance(source.content, Document)]
        mine = [text for text in texts if leans.index_of_source(text.path) == index]
        if mine:
            readings.update(await _read(mine, toolchain, listener))
    tasks = with_theorems(task_list(sources, readings))
    refusals = [f"refused {refused}" for refused in tasks.refused]
    for lines, where in ((refusals, "all are in results.jsonl as invalid"), (tasks.notes, "nothing is done to them")):
        for said in lines[:_SHOWN]:
            listener.warn(said)
        if len(lines) > _SHOWN:
            listener.warn(f"… and {len(lines) - _SHOWN} more; {where}")
    return tasks


def refuse_unreadable(sources: Sequence[Source]) -> None:
    """Raise UsageError if no source can be read at all, which is known without Lean."""
    if all(isinstance(source.content, list) for source in sources):
        with_theorems(task_list(sources))


def with_theorems(tasks: TaskList) -> TaskList:
    """The list, if there is a theorem in it to try. Raises UsageError, with the reasons, if there is none."""
    if tasks.tasks:
        return tasks
    reasons = [*map(str, tasks.refused), *tasks.notes]
    more = [f"… and {len(reasons) - _SHOWN} more"] if len(reasons) > _SHOWN else []
    raise UsageError("nothing to prove: " + "\n  ".join((*reasons[:_SHOWN], *more)))


async def _read(documents: Sequence[Document], toolchain: Toolchain, listener: Listener) -> dict[Document, Reading]:
    readings: dict[Document, Reading] = {}
    reader = _Reader(toolchain)
    try:
        for number, document in enumerate(documents):
            if len(documents) > 1:
                listener.progress("reading", number, len(documents), "file")
            began = time.monotonic()
            outline = await reader.read(document)
            if isinstance(outline, Unread):
                listener.note(f"{document.path}: read as text, not by Lean: {outline.reason}")
                continue
            readings[document] = theorems_read(document, outline)
            if (took_s := time.monotonic() - began) > _LONG_S:
                listener.note(f"{document.path}: Lean took {took_s:.0f} s to read it")
    finally:
        await reader.close()
    return readings


class _Reader:
    """A Lean that reads files: started for the first file, and again after a file under which it died."""

    def __init__(self, toolchain: Toolchain) -> None:
        self._launch = toolchain.launch()
        self._worker: Worker | None = None

    async def read(self, document: Document) -> Outline | Unread:
        if self._launch.is_upstream:
            return Unread("the community REPL can't be asked")
        try:
            if self._worker is None:
                self._worker = await Worker.start(self._launch, SessionLimits())
            return await self._worker.outline(document.text)
        except LeanFault as fault:
            await self.close()
            return Unread(str(fault))

    async def close(self) -> None:
        if self._worker is not None:
            await self._worker.process.close(grace_s=0.0)
            self._worker = None
