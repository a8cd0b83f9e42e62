"""Writes runs as a data set in the layout of the Hugging Face hub: Parquet files by table and split, and a card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

from prover.data.card import card
from prover.data.parquet import ParquetFile
from prover.data.tables import TABLES, Table
from prover.files import made_whole, refuse_taken
from prover.learn.split import Split
from prover.run.records import RunData, read_run

SPLITS = ("train", "valid", "test")


@dataclass(slots=True)
class Counted:
    """What was written: rows by table and split, statements by licence and by source, and the Leans of the runs."""

    rows: dict[str, Counter[str]] = field(default_factory=dict)
    licences: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    leans: set[str] = field(default_factory=set)


def write_dataset(runs: Sequence[Path], target: Path, *, licence: str = "", split: Split = Split()) -> Counted:  # noqa: B008
    """Write the runs' tables to the folder `target`, which must not exist. What several runs hold is written once.

    A statement whose list names no licence has `licence`. Raises UsageError if the folder is there or pyarrow is not,
    RunFolderError if a run can't be read or the folder not be written.
    """
    refuse_taken(target)
    data = [read_run(run) for run in runs]
    counted = Counted()
    with made_whole(target) as making:
        for name, table in TABLES.items():
            counted.rows[name] = _write(name, table, _rows(table, data, split, licence), making, counted)
        (making / "README.md").write_text(card(counted.rows, counted.licences, counted.sources, counted.leans))
    return counted


def table_path(folder: Path, table: str, part: str) -> Path:
    """The file of a table's part of the split."""
    return folder / table / f"{part}-00000-of-00001.parquet"


def _rows(table: Table, data: Iterable[RunData], split: Split, licence: str) -> Iterator[Mapping[str, Any]]:
    seen: set[int] = set()
    for run in data:
        for row in table.rows(run, split):
            mark = hash(tuple(row[name] for name in table.key))
            if mark not in seen:
                seen.add(mark)
                yield row if row["licence"] else {**row, "licence": licence}


def _write(name: str, table: Table, rows: Iterable[Mapping[str, Any]], folder: Path, counted: Counted) -> Counter[str]:
    """Write one table, a file for each part of the split that has rows: the hub's readers refuse a file without any."""
    counts: Counter[str] = Counter()
    columns = get_type_hints(table.row)
    (folder / name).mkdir()
    with ExitStack() as stack:
        files = {part: stack.enter_context(ParquetFile(table_path(folder, name, part), columns)) for part in SPLITS}
        for row in rows:
            files[row["split"]].add(row)
            counts[row["split"]] += 1
            if name == "statements":
                counted.licences[row["licence"]] += 1
                counted.sources[Path(row["source"]).name] += 1
                counted.leans.add(row["lean"])
    for part in SPLITS:
        if not counts[part]:
            table_path(folder, name, part).unlink()
    return counts
