"""Mines the steps of finished proofs: every tactic of a file's theorems, run once more by itself."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prover.assembly.listener import Listener
from prover.assembly.toolchains import open_toolchain
from prover.config import LeanConfig
from prover.data.export import refuse_ending, write_rows
from prover.data.mined_steps import SHAPES, MinedStep, columns_of
from prover.data.unfinished import Unfinished
from prover.errors import LeanFault, UsageError
from prover.lean.finished_proofs import FinishedProofs, WrittenTactic
from prover.lean.outline import AskOutline, Outline, Span, Unread
from prover.lean.session import SessionLimits, Worker
from prover.lean.toolchain import Toolchain
from prover.tasks.document import Document
from prover.tasks.load import open_inputs
from prover.tasks.scanner import LineIndex
from search.base import TacticLimits

_FILE_S = 300.0
_LIMITS = TacticLimits(heartbeats=2_000_000, wall_s=60.0)


@dataclass(frozen=True, slots=True)
class Repository:
    """Where files come from, for their rows: a repository's address and commit. Paths are told below `folder`."""

    url: str = ""
    commit: str = ""
    folder: Path = Path()

    def name(self, path: str) -> str:
        """A file's path below the folder; outside of it, the path as it is."""
        place = Path(path).resolve()
        return str(place.relative_to(self.folder.resolve())) if place.is_relative_to(self.folder.resolve()) else path


async def mine_proofs(
    inputs: Sequence[str],
    target: Path,
    shape: str,
    repository: Repository,
    lean: LeanConfig | None = None,
    listener: Listener | None = None,
) -> Counter[str]:
    """Write every tactic of the proofs in `.lean` files (or folders of such) to `target`, in a shape of `SHAPES`.

    Each file's steps are kept beside the target as soon as they are known; stopped, the same call goes on behind them.
    Returns how many `steps`, `theorems` and `files` there were, and, by the reason, what was left out: files that Lean
    can't read, tactics that don't run by themselves. Raises UsageError if there is no `.lean` file.
    """
    refuse_ending(target)
    listener = listener or Listener()
    items = [item for source in open_inputs(inputs) for item in source.items]
    documents = [item for item in items if isinstance(item, Document) and Path(item.path).suffix == ".lean"]
    if not documents:
        raise UsageError(f"no .lean file in {', '.join(inputs)}")
    toolchain = await open_toolchain(lean or LeanConfig(), listener)
    if toolchain.launch().is_upstream:
        raise UsageError("the community REPL can't be asked for proofs; leave out lean.repl")
    order = (shape, repository.url, repository.commit, str(repository.folder.resolve()), toolchain.fingerprint)
    unfinished = Unfinished(target, json.dumps(order))
    names = [f"{document.path} {hashlib.sha256(document.text.encode()).hexdigest()}" for document in documents]
    for number, (name, document) in enumerate(zip(names, documents, strict=True)):
        listener.progress("mining", number, len(documents), "file")
        if name not in unfinished:
            unfinished.add(name, *await _of_file(document, shape, repository, toolchain))
    counts = unfinished.counts(names)
    counts["steps"] = write_rows(unfinished.rows(names), target, columns_of(shape))
    unfinished.remove()
    return counts


async def _of_file(
    document: Document, shape: str, repository: Repository, toolchain: Toolchain
) -> tuple[list[Any], Counter[str]]:
    """The rows of one file, and the counts; of a file that Lean can't read the reason alone."""
    counts: Counter[str] = Counter()
    try:
        rows = await _mined(document, shape, repository, toolchain, counts)
    except LeanFault as fault:
        return [], Counter({f"file: {str(fault).partition(chr(10))[0][:80]}": 1})
    counts["files"] += 1
    return rows, counts


async def _mined(
    document: Document, shape: str, repository: Repository, toolchain: Toolchain, counts: Counter[str]
) -> list[Any]:
    """The rows of one file, by a worker of its own, so that no file takes another's memory."""
    worker = await Worker.start(toolchain.launch(), SessionLimits())
    try:
        outline = await worker.outline(AskOutline(document.text, _FILE_S))
        if isinstance(outline, Unread):
            raise LeanFault(outline.reason)
        proofs = FinishedProofs(worker)
        written = await proofs.tactics(document.text, _FILE_S)
        rows = []
        for theorem in _theorems(document.text, outline):
            counts["theorems"] += 1
            within = [each for each in written if theorem.holds(each.span)]
            for number, tactic in enumerate(within):
                text = _text(document.text, tactic.span)
                again = await proofs.again(tactic, text, _LIMITS)
                if again.fault:
                    counts[f"tactic: {again.fault.partition(chr(10))[0][:60]}"] += 1
                    continue
                before = document.text[: LineIndex(document.text).offset(tactic.span.start)]
                step = _step(theorem, number, within, text, again.after)
                step |= {"file": repository.name(document.path), "url": repository.url, "commit": repository.commit}
                rows.append(SHAPES[shape](step, before))
        return rows
    finally:
        await worker.process.close(grace_s=0.0)


@dataclass(frozen=True, slots=True)
class _Theorem:
    """A theorem of a file: its full name, its text up to its body, its body, and where it stands."""

    name: str
    statement: str
    proof: str
    span: Span

    def holds(self, span: Span) -> bool:
        return self.span.start <= span.start and span.end <= self.span.end


def _theorems(text: str, outline: Outline) -> Iterator[_Theorem]:
    index = LineIndex(text)
    for command in outline.commands:
        names = [each.name for each in command.declares if each.is_theorem and not each.has_sorry]
        if names and command.declaration is not None and command.body is not None:
            start, body, end = map(index.offset, (command.declaration, command.body, command.span.end))
            yield _Theorem(names[0], text[start:body], text[body:end].rstrip(), command.span)


def _step(theorem: _Theorem, number: int, within: Sequence[WrittenTactic], text: str, after: str) -> MinedStep:
    tactic = within[number]
    around = [i for i in range(number) if _contains(within[i].span, tactic.span)]
    (line, column), (end_line, end_column) = tactic.span.start, tactic.span.end
    return {
        "url": "",
        "commit": "",
        "file": "",
        "theorem": theorem.name,
        "statement": theorem.statement,
        "proof": theorem.proof,
        "number": number,
        "inside": around[-1] if around else -1,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "state": tactic.before,
        "tactic": text,
        "state_after": after,
        "premises": list(tactic.constants),
    }


def _contains(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end and outer != inner


def _text(text: str, span: Span) -> str:
    """The tactic as it is written, with its further lines moved left as far as its first one stands to the right."""
    index = LineIndex(text)
    first, *others = text[index.offset(span.start) : index.offset(span.end)].split("\n")
    column = span.start[1]
    return "\n".join((first, *(line[min(column, len(line) - len(line.lstrip())) :] for line in others)))
