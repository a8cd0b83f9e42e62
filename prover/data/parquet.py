"""Rows as a Parquet file whose columns have the types of the rows' fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import NoneType, TracebackType, UnionType
from typing import Any, get_args

from prover.errors import MissingExtra, RunFolderError

_BATCH = 4096
_Row = Mapping[str, Any]


def write_parquet(rows: Iterable[_Row], path: Path, columns: Mapping[str, Any]) -> int:
    """Write rows to `path`; returns their number. Raises as `ParquetFile`."""
    count = 0
    with ParquetFile(path, columns) as file:
        for row in rows:
            file.add(row)
            count += 1
    return count


class ParquetFile:
    """A Parquet file that is written row by row. `columns` are the Python types of the rows' fields: text, numbers,
    `list[str]`, each perhaps None. A file without rows has the columns, too.

    Raises MissingExtra without pyarrow, RunFolderError if a row has other types.
    """

    def __init__(self, path: Path, columns: Mapping[str, Any]) -> None:
        try:
            import pyarrow
            import pyarrow.parquet as parquet
        except ImportError as error:
            raise MissingExtra("Parquet", "data") from error
        self._arrow = pyarrow
        self._path = path
        self._schema = _schema(columns)
        self._writer = parquet.ParquetWriter(path, self._schema)
        self._waiting: list[_Row] = []

    def add(self, row: _Row) -> None:
        self._waiting.append(row)
        if len(self._waiting) >= _BATCH:
            self._flush()

    def __enter__(self) -> ParquetFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._flush()
        finally:
            self._writer.close()

    def _flush(self) -> None:
        try:
            self._writer.write_table(self._arrow.Table.from_pylist(self._waiting, schema=self._schema))
        except self._arrow.ArrowException as error:
            raise RunFolderError(f"{self._path}: the rows don't make one table: {error}") from error
        self._waiting = []


def _schema(columns: Mapping[str, Any]) -> Any:
    import pyarrow

    kinds = {
        str: pyarrow.string(),
        int: pyarrow.int64(),
        float: pyarrow.float64(),
        bool: pyarrow.bool_(),
        list[str]: pyarrow.list_(pyarrow.string()),
    }
    return pyarrow.schema([(name, kinds[present(hint)]) for name, hint in columns.items()])


def present(hint: Any) -> Any:
    """The type of a value that is there, of a field that may be None."""
    return next(each for each in get_args(hint) if each is not NoneType) if isinstance(hint, UnionType) else hint


def read_parquet(path: Path) -> list[dict[str, Any]]:
    """The rows of a file. Raises MissingExtra without pyarrow."""
    try:
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise MissingExtra("Parquet", "data") from error
    rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return rows
