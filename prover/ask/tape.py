"""Requests to models with their answers, in a file: recorded as they come, or replayed without any server."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prover.errors import ModelError, UsageError


@dataclass(slots=True)
class Tape:
    """JSON lines `{"key", "request", "answer"}`; the key is a hash of the request's bytes. A request that was made
    several times has its answers in turn, and the last of them from then on.

    Raises UsageError for a file that can't be read or written, or that holds something else.
    """

    path: Path
    is_replay: bool
    _answers: dict[str, list[dict[str, Any]]] = field(init=False, default_factory=lambda: defaultdict(list))
    _given: Counter[str] = field(init=False, default_factory=Counter)

    def __post_init__(self) -> None:
        try:
            if not self.is_replay:
                self.path.touch()
                return
            for line in self.path.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                self._answers[row["key"]].append(dict(row["answer"]))
        except OSError as error:
            raise UsageError(f"can't use {self.path} for requests to models: {error.strerror}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{self.path} holds no requests to models: {error!r}") from error

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
