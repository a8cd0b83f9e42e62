"""Writes a run's proofs in a published layout, or its training data, as JSON lines, JSON or Parquet."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from prover.errors import MissingExtra, RunFolderError, UsageError
from prover.learn.split import Split
from prover.learn.training_rows import preference_rows, tactic_rows
from prover.report.layouts import LAYOUTS, proved
from prover.run.records import read_run

_BATCH = 4096
_TRAINING: dict[str, Callable[..., Iterator[dict[str, Any]]]] = {
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
    if target.suffix not in _WRITERS:
        raise UsageError(f"{target}: an export is written to a file that ends in {', '.join(_WRITERS)}")
    if kind == "leandojo" and target.suffix == ".parquet":
        raise UsageError("LeanDojo's layout nests lists of mixed kinds, which no table holds: write it to a .json file")
    run = read_run(folder)
    rows: Iterable[dict[str, Any]]
    rows = (LAYOUTS[kind](theorem) for theorem in proved(run)) if kind in LAYOUTS else _TRAINING[kind](run, Split())
    temporary = target.with_name(f".{target.name}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            count = _WRITERS[target.suffix](rows, temporary)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise RunFolderError(f"{target} can't be written: {error.strerror or error}") from error
    return count


def _write_lines(rows: Iterable[dict[str, Any]], path: Path) -> int:
    return _write_text(rows, path, start="", between="", end="")


def _write_list(rows: Iterable[dict[str, Any]], path: Path) -> int:
    return _write_text(rows, path, start="[\n", between=",", end="]\n")


def _write_text(rows: Iterable[dict[str, Any]], path: Path, *, start: str, between: str, end: str) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n", errors="backslashreplace") as stream:
        stream.write(start)
        for count, row in enumerate(rows, start=1):
            stream.write((f"{between}\n" if count > 1 else "") + json.dumps(row, ensure_ascii=False))
        stream.write("\n" * bool(count) + end)
    return count


def _write_parquet(rows: Iterable[dict[str, Any]], path: Path) -> int:
    try:
        import pyarrow  # type: ignore[import-untyped]
        import pyarrow.parquet as parquet  # type: ignore[import-untyped]
    except ImportError as error:
        raise MissingExtra("Parquet", "data") from error
    count, writer = 0, None
    try:
        for batch in _batches(rows):
            table = pyarrow.Table.from_pylist(batch, schema=None if writer is None else writer.schema)
            writer = writer or parquet.ParquetWriter(path, _without_nulls(table.schema))
            writer.write_table(table.cast(writer.schema))
            count += len(batch)
        if writer is None:
            parquet.write_table(pyarrow.table({}), path)
    except pyarrow.ArrowException as error:
        raise RunFolderError(f"{path}: the rows don't make one table: {error}") from error
    finally:
        if writer is not None:
            writer.close()
    return count


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    iterator = iter(rows)
    while batch := list(itertools.islice(iterator, _BATCH)):
        yield batch


def _without_nulls(schema: Any) -> Any:
    """The schema with text in place of the null type, so that later batches fit columns that were empty so far."""
    import pyarrow

    kinds = [pyarrow.string() if pyarrow.types.is_null(field.type) else field.type for field in schema]
    return pyarrow.schema(list(zip(schema.names, kinds, strict=True)))


_WRITERS: Mapping[str, Callable[[Iterable[dict[str, Any]], Path], int]] = {
    ".jsonl": _write_lines,
    ".json": _write_list,
    ".parquet": _write_parquet,
}
