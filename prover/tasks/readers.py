"""Files of rows, read one record at a time: a bad record is a reason with its line, and the next one is read on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from prover.errors import MissingExtra

_MAX_LINE_BYTES = 16 * 2**20
MAX_JSON_BYTES = 1 * 2**30
MAX_LEAN_BYTES = 16 * 2**20


def legible(name: str) -> str:
    """A name from the system as text: what is no UTF-8 in it is written out."""
    return name.encode("utf-8", "backslashreplace").decode()


@dataclass(frozen=True, slots=True)
class Row:
    """One decoded record, or the reason why there is none. `line` counts from 1 (rows, where there are no lines); it
    is 0 where the whole file is meant."""

    line: int
    value: object = None
    reason: str = ""


def read_json_lines(stream: BinaryIO) -> Iterator[Row]:
    """One JSON object a line. Blank lines are skipped; a byte-order mark is ignored."""
    number = 0
    while line := stream.readline(_MAX_LINE_BYTES + 1):
        number += 1
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if len(line) > _MAX_LINE_BYTES and not line.endswith(b"\n"):
            _skip_line(stream)
            yield Row(number, reason=f"a line of more than {_MAX_LINE_BYTES >> 20} MiB")
        elif line.strip():
            yield _decode(line, number)


def read_json_lines_file(path: Path) -> Iterator[Row]:
    """The rows of a file of JSON lines, which is opened when the first one is asked for."""
    with path.open("rb") as stream:
        yield from read_json_lines(stream)


def _skip_line(stream: BinaryIO) -> None:
    while (rest := stream.readline(_MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
        pass


def _decode(data: bytes, line: int) -> Row:
    try:
        return Row(line, json.loads(data.decode()))
    except UnicodeDecodeError as error:
        return Row(line, reason=f"not UTF-8: byte {error.start} is 0x{error.object[error.start]:02x}")
    except json.JSONDecodeError as error:
        return Row(line + error.lineno - 1, reason=f"not JSON: {error.msg} at column {error.colno}")
    except (RecursionError, ValueError) as error:
        return Row(line, reason=f"not JSON: {error}")


def read_json(data: bytes) -> Iterator[Row]:
    """A JSON list of objects, an object of objects by name, or an object that holds one such list."""
    whole = _decode(data.removeprefix(b"\xef\xbb\xbf"), 1)
    if whole.reason:
        yield whole
        return
    value = whole.value
    if isinstance(value, dict) and not any(isinstance(item, str) for item in value.values()):
        lists = [item for item in value.values() if isinstance(item, list)]
        if len(lists) == 1:
            value = lists[0]
        elif value and all(isinstance(item, dict) for item in value.values()):
            value = [{"name": name, **item} for name, item in value.items()]
    for number, item in enumerate(value if isinstance(value, list) else [value], start=1):
        yield Row(number, item)


def read_parquet(path: Path) -> Iterator[Row]:
    """The rows of a Parquet file (pyarrow, the `data` extra)."""
    try:
        import pyarrow
        import pyarrow.parquet as parquet
    except ImportError:
        yield Row(0, reason=str(MissingExtra("Parquet", "data")))
        return
    number = 0
    try:
        for batch in parquet.ParquetFile(path).iter_batches(batch_size=1024):
            for item in batch.to_pylist():
                number += 1
                yield Row(number, item)
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        yield Row(number + 1, reason=f"not readable as Parquet: {error}")


_WORD = r"\w[\w.\-]*"
_HUB_ID = re.compile(rf"(?P<name>{_WORD}(?:/{_WORD})?)(?:/(?P<config>{_WORD}))?(?::(?P<split>.+))?")


def read_hub(identifier: str) -> Iterator[Row]:
    """The rows of a Hugging Face data set, `OWNER/NAME`, `OWNER/NAME:SPLIT` or `OWNER/NAME/CONFIG:SPLIT`.

    A row without a split of its own gets the part's name. Only data is read: a data set that is a program is refused.
    """
    try:
        import datasets
    except ImportError:
        yield Row(0, reason=str(MissingExtra("a Hugging Face id", "data")))
        return
    found = _HUB_ID.fullmatch(identifier)
    if found is None:
        yield Row(1, reason=f"{identifier!r} is no Hugging Face id: OWNER/NAME, with /CONFIG and :SPLIT if need be")
        return
    number = 0
    try:
        loaded = datasets.load_dataset(found["name"], found["config"], split=found["split"])
        parts = loaded.items() if isinstance(loaded, dict) else [(found["split"], loaded)]
        for part, rows in parts:
            for item in rows:
                number += 1
                yield Row(number, {"split": part, **item})
    except (OSError, ValueError, RuntimeError, datasets.exceptions.DatasetsError) as error:
        yield Row(number + 1, reason=f"{identifier} can't be loaded: {error}")
