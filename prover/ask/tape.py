"""Requests to models with their answers, in a file: recorded as they come, or replayed without any server."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prover.errors import ModelError, UsageError


@dataclass(slots=True)
class Tape:
    """JSON lines `{"key", "request", "answer"}`; the key is a hash of the request's bytes. A request that was made
    several times has its answers in turn, and the last of them from then on. A line that a kill cut off is passed over.

    Raises UsageError for a file that can't be read or written, or that holds nothing else.
    """

    path: Path
    is_replay: bool
    _answers: dict[str, list[dict[str, Any]]] = field(init=False, default_factory=lambda: defaultdict(list))
    _given: Counter[str] = field(init=False, default_factory=Counter)

    def __post_init__(self) -> None:
        try:
            if not self.is_replay:
                self._end_torn_line()
                return
            lines = self.path.read_text(encoding="utf-8").split("\n")
        except OSError as error:
            raise UsageError(f"can't use {self.path} for requests to models: {error.strerror}") from error
        except ValueError as error:
            raise UsageError(f"{self.path} holds no requests to models: {error!r}") from error
        damage = [reason for line in lines if line for reason in self._take(line)]
        if damage and not self._answers:
            raise UsageError(f"{self.path} holds no requests to models: {damage[0]!r}") from damage[0]

    def _take(self, line: str) -> list[Exception]:
        """Keep the answer of a line; the reason if it has none."""
        try:
            row = json.loads(line)
            answer = dict(row["answer"])
            self._answers[row["key"]].append(answer)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            return [error]
        return []

    def _end_torn_line(self) -> None:
        self.path.touch()
        with self.path.open("rb+") as stream:
            if stream.seek(0, os.SEEK_END):
                stream.seek(-1, os.SEEK_END)
                if stream.read(1) != b"\n":
                    stream.write(b"\n")

    def answer(self, method: str, path: str, body: Mapping[str, Any] | None) -> dict[str, Any]:
        """The recorded answer. Raises ModelError for a request that was never made."""
        key = _key(_bytes(method, path, body))
        known = self._answers.get(key)
        if not known:
            raise ModelError(f"{self.path} has no answer to this request ({method} {path}, {key[:12]})")
        self._given[key] += 1
        return known[min(self._given[key], len(known)) - 1]

    def record(self, method: str, path: str, body: Mapping[str, Any] | None, answer: Mapping[str, Any]) -> None:
        """Append an answer; a process killed at any moment loses at most the line being written."""
        request = _bytes(method, path, body)
        row = {"key": _key(request), "request": json.loads(request), "answer": answer}
        try:
            with self.path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(row, ensure_ascii=False) + "\n")
        except OSError as error:
            raise UsageError(f"can't record in {self.path}: {error.strerror}") from error


def _bytes(method: str, path: str, body: Mapping[str, Any] | None) -> bytes:
    request = {"method": method, "path": path, "body": body}
    return json.dumps(request, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _key(request: bytes) -> str:
    return hashlib.sha256(request).hexdigest()
