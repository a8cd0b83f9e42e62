"""Rows that are made part by part, kept on disk until the last one, so that work that was stopped can go on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from prover.errors import RunFolderError


class Unfinished:
    """The parts that are done, one a line in a file beside the target; a line that was cut off is done again.

    `order` says what was asked for: parts that were made for another order are forgotten. Raises RunFolderError where
    the file can't be read or written.
    """

    def __init__(self, target: Path, order: str) -> None:
        self._path = target.with_name(f".{target.name}.unfinished")
        self._places: dict[str, int] = {}
        try:
            if not (self._path.exists() and self._read(order)):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.write_bytes(_line({"order": order}))
        except OSError as error:
            raise self._fault(error) from error

    def __contains__(self, part: str) -> bool:
        return part in self._places

    def add(self, part: str, rows: list[Any], counts: Counter[str]) -> None:
        """Keep a part's rows and counts."""
        try:
            with self._path.open("ab") as stream:
                place = stream.tell()
                stream.write(_line({"part": part, "rows": rows, "counts": counts}))
        except OSError as error:
            raise self._fault(error) from error
        self._places[part] = place

    def rows(self, parts: Iterable[str]) -> Iterator[Any]:
        """The rows of these parts, in their order."""
        return (row for kept in self._kept(parts) for row in kept["rows"])

    def counts(self, parts: Iterable[str]) -> Counter[str]:
        """The counts of these parts together."""
        return sum((Counter(kept["counts"]) for kept in self._kept(parts)), Counter[str]())

    def remove(self) -> None:
        """Forget everything: the target is whole."""
        self._path.unlink(missing_ok=True)

    def _kept(self, parts: Iterable[str]) -> Iterator[dict[str, Any]]:
        with self._path.open("rb") as stream:
            for part in parts:
                stream.seek(self._places[part])
                yield json.loads(stream.readline())

    def _read(self, order: str) -> bool:
        """Find the parts in the file, and cut off a last line that is torn. Whether they were made for this order."""
        whole = 0
        with self._path.open("rb+") as stream:
            for line in stream:
                if not line.endswith(b"\n"):
                    break
                value = json.loads(line)
                if not whole and value.get("order") != order:
                    return False
                if whole:
                    self._places[value["part"]] = whole
                whole += len(line)
            stream.truncate(whole)
        return whole > 0

    def _fault(self, error: OSError) -> RunFolderError:
        return RunFolderError(f"{self._path}: {error.strerror or error}")


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode(errors="backslashreplace") + b"\n"
