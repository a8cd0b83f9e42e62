"""What faces and the workbench's process say to each other: one JSON object a line, over a socket of this machine.

    → {"id": 1, "call": "attach", "with": {"token": T, "linger_s": 600}}
    ← {"id": 1, "answer": {"pid": 4242}}
    → {"id": 2, "call": "wait", "with": {"job": "job1", "since": 7, "timeout_s": 20}}
    ← {"id": 2, "answer": [{"number": 7, "event": "suggestion", …}]}
    → {"id": 3, "call": "wait", "with": {"job": "job9", "since": 0, "timeout_s": 20}}
    ← {"id": 3, "fault": "usage", "message": "there is no job 'job9'"}

Answers may come in any order. The first call on a connection is `attach`; whoever says anything else is hung up on.
"""

from __future__ import annotations

import asyncio
from typing import Any

import orjson

from prover.workbench.jobs import Json

MAX_LINE = 64 << 20


def to_line(value: Json) -> bytes:
    """One line. What JSON can't hold of a text (half of a surrogate pair) is replaced."""
    try:
        return orjson.dumps(value, default=_plain, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        return orjson.dumps(_clean(value), default=_plain, option=orjson.OPT_APPEND_NEWLINE)


def _plain(value: object) -> float:
    """A log-probability or a value as the number that it is."""
    if isinstance(value, float):
        return float(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def _clean(value: Any) -> Any:
    match value:
        case str():
            return value.encode(errors="backslashreplace").decode()
        case dict():
            return {_clean(key): _clean(item) for key, item in value.items()}
        case list() | tuple():
            return [_clean(item) for item in value]
        case _:
            return value


async def read_line(reader: asyncio.StreamReader) -> Json | None:
    """The next object; None at the end, and for a line that is none, after which nothing can be believed."""
    try:
        line = await reader.readline()
        value = orjson.loads(line) if line else None
    except (ConnectionError, ValueError):
        return None
    return value if isinstance(value, dict) else None
