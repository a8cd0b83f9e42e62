"""Makes a task list of files, folders, standard input, Hugging Face ids and statements, in the order given.

Nothing here raises for bad input. A record that can't be read or is no theorem becomes a `Refused` in the list, with
file, line and reason; the other records are read.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from prover.tasks import readers
from prover.tasks.document import document_of
from prover.tasks.readers import Row
from prover.tasks.record import Reading, Refused, TaskList, TheoremTask
from prover.tasks.rows import statement_from_row
from prover.tasks.statement import Item, statement_from_command_line
from prover.tasks.text import read_text

_SUFFIXES = frozenset((".lean", ".jsonl", ".json", ".parquet"))

_EMPTY = "no theorem to prove in it: each one ends in `sorry`"
_NO_ROWS = "it holds no rows"
_NO_FILES = "a folder without files to read: .lean, .jsonl, .json or .parquet"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Source:
    """One input, with its parts as they have to be read."""

    path: str
    items: Iterable[Item]


def open_inputs(
    inputs: Sequence[str],
    statements: Sequence[str] = (),
    *,
    traced: Sequence[TheoremTask | Refused] = (),
    stdin: BinaryIO | None = None,
    header: str | None = None,
) -> list[Source]:
    """The theorems of a `traced` repository, `statements` (Lean text), and the inputs in order: paths, folders, `-` for
    standard input, `hf:OWNER/NAME[:SPLIT]`. `header` stands before rows and statements that bring none."""
    known = [Source("dojo", traced)] if traced else []
    known += [Source("cli", [statement_from_command_line(text, header or "")]) for text in statements]
    return known + [source for name in inputs for source in _open(name, stdin, header)]


def task_list(read: Iterable[tuple[Source, Iterable[Reading]]]) -> TaskList:
    """Every theorem of the sources, each with what was read in it.

    A name that occurs again in the same input is refused; in another input it is told apart by that input's name."""
    merged = _Merger()
    for source, readings in read:
        merged.add(source.path, readings)
    return TaskList(tuple(merged.tasks), tuple(merged.refused), tuple(merged.notes))


def load_tasks(
    inputs: Sequence[str],
    statements: Sequence[str] = (),
    *,
    stdin: BinaryIO | None = None,
    header: str | None = None,
) -> TaskList:
    """Every theorem of the inputs (`open_inputs`), read without Lean."""
    return read_texts(open_inputs(inputs, statements, stdin=stdin, header=header))


def read_texts(sources: Iterable[Source]) -> TaskList:
    """Every theorem of the sources, read without Lean."""
    return task_list((source, map(read_text, source.items)) for source in sources)


class _Merger:
    """Collects records and keeps their ids unique."""

    def __init__(self) -> None:
        self.tasks: list[TheoremTask] = []
        self.refused: list[Refused] = []
        self.notes: list[str] = []
        self._taken: set[str] = set()

    def add(self, path: str, readings: Iterable[Reading]) -> None:
        origin, here = Path(path).name, set[str]()
        for reading in readings:
            self.notes += reading.notes
            for record in reading.records:
                self._add(record, origin, is_duplicate=record.id in here)
                here.add(record.id)
        if not here:
            said = _NO_ROWS if Path(path).suffix in _SUFFIXES - {".lean"} else _EMPTY
            self.refused.append(Refused(self._free(origin, origin), said, path))

    def _add(self, record: TheoremTask | Refused, origin: str, *, is_duplicate: bool) -> None:
        if is_duplicate and isinstance(record, TheoremTask):
            record = Refused(record.id, f"duplicate name `{record.id}`", record.source, record.line)
        if isinstance(record, TheoremTask):
            self.tasks.append(replace(record, id=self._free(record.id, origin)))
        else:
            self.refused.append(replace(record, id=self._free(record.id or f"line{record.line}", origin)))

    def _free(self, wanted: str, origin: str) -> str:
        choice, number = wanted, 1
        while choice in self._taken:
            choice = f"{origin}:{wanted}" if number == 1 else f"{origin}:{wanted}~{number}"
            number += 1
        self._taken.add(choice)
        return choice


def _open(name: str, stdin: BinaryIO | None, header: str | None) -> Iterator[Source]:
    if name == "-":
        yield Source("<stdin>", _from_stdin(stdin, header))
    elif name.startswith("hf:"):
        yield Source(name, _from_rows(readers.read_hub(name.removeprefix("hf:")), name, header))
    elif Path(name).is_dir():
        paths = _files_below(Path(name))
        if not paths:
            yield Source(name, [Refused(Path(name).name, _NO_FILES, name)])
        for path in paths:
            shown = readers.legible(str(path))
            is_text = shown == str(path)
            yield Source(
                shown, _from_file(path, header) if is_text else [Refused(shown, "its name is no UTF-8", shown)]
            )
    else:
        yield Source(name, _from_file(Path(name), header))


def _files_below(folder: Path) -> list[Path]:
    """Every file of a known kind, without hidden folders (a Lake project's packages and build are in one)."""
    found: list[Path] = []
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += (Path(parent) / name for name in files if Path(name).suffix in _SUFFIXES and name[0] != ".")
    return sorted(found)


def _from_file(path: Path, header: str | None) -> Iterable[Item]:
    try:
        if path.suffix == ".parquet":
            return _from_rows(readers.read_parquet(path), str(path), header)
        size = path.stat().st_size
        limit = readers.MAX_JSON_BYTES if path.suffix == ".json" else readers.MAX_LEAN_BYTES
        if path.suffix != ".jsonl" and size > limit:
            return [Refused(path.name, f"too large: {size >> 20} MiB, at most {limit >> 20}", str(path))]
        if path.suffix == ".jsonl":
            return _from_rows(readers.read_json_lines_file(path), str(path), header)
        return _from_bytes(path.read_bytes(), path.suffix, str(path), header)
    except OSError as error:
        hint = "; a statement itself goes behind --statement" if ":=" in str(path) else ""
        return [Refused(path.name, f"can't be read: {error.strerror or error}{hint}", str(path))]


def _from_bytes(data: bytes, suffix: str, source: str, header: str | None) -> Iterable[Item]:
    if suffix == ".json":
        return _from_rows(readers.read_json(data), source, header)
    if suffix == ".jsonl":
        return _from_rows(readers.read_json_lines(BytesIO(data)), source, header)
    if suffix != ".lean":
        kinds = ", ".join(sorted(_SUFFIXES))
        return [Refused(Path(source).name, f"not a kind of file that is read here ({kinds})", source)]
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        if data.startswith(_UTF_16):
            return [Refused(Path(source).name, "it is UTF-16, by its first bytes: save it as UTF-8", source)]
        line = data.count(b"\n", 0, error.start) + 1
        return [Refused("", f"not UTF-8: byte {error.start} is 0x{data[error.start]:02x}", source, line)]
    return [document_of(text, source)]


def _from_stdin(stdin: BinaryIO | None, header: str | None) -> Iterable[Item]:
    """JSON lines if the first character is `{`, a JSON list if it is `[`, otherwise Lean text."""
    data = b"" if stdin is None else stdin.read()
    first = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    suffix = {b"{": ".jsonl", b"[": ".json"}.get(first, ".lean")
    return _from_bytes(data, suffix, "<stdin>", header)


def _from_rows(rows: Iterable[Row], source: str, header: str | None) -> Iterator[Item]:
    for row in rows:
        if row.reason:
            yield Refused("", row.reason, source, row.line)
        else:
            yield statement_from_row(row.value, source=source, line=row.line, default_header=header)


def lineage(tasks: TaskList) -> str:
    """A hash of the statement set, in any order. Scores of different lineages can't be compared."""
    lines = sorted(f"{task.id}\0{task.fingerprint}" for task in tasks.tasks)
    lines += sorted(f"{refused.id}\0refused" for refused in tasks.refused)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
