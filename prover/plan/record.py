"""The record of the plans for a theorem: `plan/ID.jsonl` in a run's folder, an event a line."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from prover.files import folder_error


class PlanRecord:
    """Writes the events of one attempt, over what an earlier, killed run may have left. The file appears with the first
    of them."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._began = clock()
        self._mode = "w"

    def __call__(self, event: dict[str, Any]) -> None:
        """Append an event. Raises RunFolderError when it can't be written."""
        line = json.dumps({"at_s": round(self._clock() - self._began, 3), **event}, ensure_ascii=False)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open(self._mode, encoding="utf-8", errors="backslashreplace") as stream:
                stream.write(line + "\n")
        except OSError as error:
            raise folder_error(self._path, error) from error
        self._mode = "a"
