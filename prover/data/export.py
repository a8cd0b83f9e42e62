"""Writes a run's proofs in a published layout, or its training data, as JSON lines, JSON or Parquet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_type_hints

from prover.data.layouts import LAYOUTS, solved
from prover.data.parquet import write_parquet
from prover.data.training_rows import preference_rows, tactic_rows
from prover.errors import RunFolderError, UsageError
from prover.learn.split import Split
from prover.run.records import RunData, read_run

_Row = Mapping[str, Any]
_TRAINING: Mapping[str, Callable[[RunData, Split], Iterator[Any]]] = {
    "tactics": tactic_rows,
    "preferences": preference_rows,
}
KINDS = (*LAYOUTS, *_TRAINING)


def export_run(folder: Path, kind: str, target: Path) -> int:
    """Write `kind` (a layout, `tactics` or `preferences`) of a run to `target`. Returns the number of rows.

    The form follows the target's ending: `.parquet`, `.json` (a list), `.jsonl` (JSON lines). Raises UsageError for
    another ending, an unknown kind, LeanDojo's layout as Parquet or missing pyarrow; RunFolderError if the folder can't
    be read or the target not be written.
    """
    if kind not in KINDS:
        raise UsageError(f"no export is called {kind!r}; there are: {', '.join(KINDS)}")
    if kind == "leandojo" and target.suffix == ".parquet":
        raise UsageError("LeanDojo's layout nests lists of mixed kinds, which no table holds: write it to a .json file")
    run = read_run(folder)
    rows = map(LAYOUTS[kind], solved(run)) if kind in LAYOUTS else _TRAINING[kind](run, Split())
    return write_rows(rows, target, _columns(kind))


def write_rows(rows: Iterable[_Row], target: Path, columns: Mapping[str, Any]) -> int:
    """Write rows to a file whose ending says the form, whole or not at all; `columns` are the types of their fields.
    Returns their number. Raises UsageError for another ending or missing pyarrow, RunFolderError if it can't be
    written."""
    refuse_ending(target)
    temporary = target.with_name(f".{target.name}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            count = _WRITERS[target.suffix](rows, temporary, columns)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise RunFolderError(f"{target} can't be written: {error.strerror or error}") from error
    return count


def refuse_ending(target: Path) -> None:
    """Raise UsageError for a file whose ending says no form that rows are written in."""
    if target.suffix not in _WRITERS:
        raise UsageError(f"{target}: rows are written to a file that ends in {', '.join(_WRITERS)}")


def _columns(kind: str) -> Mapping[str, Any]:
    """The types of a row's fields, by name."""
    if kind in LAYOUTS:
        return get_type_hints(get_type_hints(LAYOUTS[kind])["return"])
    return get_type_hints(get_args(get_type_hints(_TRAINING[kind])["return"])[0])


def _write_lines(rows: Iterable[_Row], path: Path, columns: Mapping[str, Any]) -> int:  # noqa: ARG001
    return _write_text(rows, path, start="", between="", end="")


def _write_list(rows: Iterable[_Row], path: Path, columns: Mapping[str, Any]) -> int:  # noqa: ARG001
    return _write_text(rows, path, start="[\n", between=",", end="]\n")


def _write_text(rows: Iterable[_Row], path: Path, *, start: str, between: str, end: str) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n", errors="backslashreplace") as stream:
        stream.write(start)
        for count, row in enumerate(rows, start=1):
            stream.write((f"{between}\n" if count > 1 else "") + json.dumps(row, ensure_ascii=False))
        stream.write("\n" * bool(count) + end)
    return count


_WRITERS: Mapping[str, Callable[[Iterable[_Row], Path, Mapping[str, Any]], int]] = {
    ".jsonl": _write_lines,
    ".json": _write_list,
    ".parquet": write_parquet,
}
