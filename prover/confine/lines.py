"""Requests and answers as lines: encodes a request as a line, cuts a process's output into lines, reads JSON
objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

MAX_LINE = 64 * 1024 * 1024

_encode = json.JSONEncoder(ensure_ascii=False).encode


class Lines:
    """Cuts a stream of bytes into lines. Each byte is looked at once, however long its line is."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    @property
    def is_too_long(self) -> bool:
        return self._size > MAX_LINE

    def feed(self, data: bytes) -> list[bytes]:
        *complete, rest = data.split(b"\n")
        if complete and self._parts:
            complete[0] = b"".join([*self._parts, complete[0]])
            self._parts, self._size = [], 0
        if rest:
            self._parts.append(rest)
            self._size += len(rest)
        return complete


def encoded(request: Mapping[str, Any]) -> bytes:
    """A request as JSON in one line of UTF-8, without the line's end; lone surrogates become `?`."""
    return _encode(request).encode("utf-8", "replace")


def json_object(line: bytes) -> dict[str, Any] | None:
    """The line's JSON object; None if the line is anything else."""
    if not line.startswith(b"{"):
        return None
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
