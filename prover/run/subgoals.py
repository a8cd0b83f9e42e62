"""Goals that a run has proved: `subgoals.jsonl` in its folder, one line a goal, appended when its proof is known.

An entry is a suggestion, which Lean runs again wherever it is used, and never a belief.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prover.files import folder_error
from search.base import Goal, Hypothesis, ProofState
from search.equivalents import renamed
from search.split import merge_key

_MOST_A_KEY = 4
_MOST_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class Subgoal:
    """A proved goal: its canonical key, the script that closed it, and the (name, type) of each hypothesis there."""

    key: str
    script: str
    hypotheses: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, root: ProofState, script: str) -> Subgoal:
        hypotheses = root.goals[0].hypotheses if root.goals else ()
        return cls(merge_key(root), script, tuple((each.name, each.type) for each in hypotheses))

    def forms_for(self, root: ProofState) -> tuple[str, ...]:
        """The script for another goal of the same key: under the names there, if they correspond, and as it was."""
        known = Goal("", tuple(Hypothesis(name, kind) for name, kind in self.hypotheses))
        other = renamed(self.script, ProofState((known,), self.key), root)
        return tuple(dict.fromkeys(form for form in (other, self.script) if form is not None))

    def to_json(self) -> dict[str, Any]:
        return {"key": self.key, "script": self.script, "names": [list(pair) for pair in self.hypotheses]}

    @classmethod
    def from_json(cls, value: Any) -> Subgoal:
        """Raises ValueError, KeyError or TypeError for what is no entry."""
        key, script, names = value["key"], value["script"], value.get("names", [])
        if not (isinstance(key, str) and isinstance(script, str)) or len(script) > _MOST_CHARS:
            raise ValueError("a subgoal has a key and a script")
        return cls(key, script, tuple((str(name), str(kind)) for name, kind in names))


@dataclass(slots=True)
class Subgoals:
    """The proved goals of a run, by key. With a `path` they are kept there, and those of an earlier run of the folder
    are read; a line that is no entry is passed over."""

    path: Path | None = None
    _known: dict[str, list[Subgoal]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for entry in self._read():
            self._keep(entry)

    def add(self, entry: Subgoal) -> None:
        """Keep an entry, unless it is known or its goal has enough. Raises RunFolderError if it can't be written."""
        if self._keep(entry) and self.path is not None:
            line = json.dumps(entry.to_json(), ensure_ascii=False) + "\n"
            try:
                with self.path.open("ab") as stream:
                    if stream.tell() and not self._ends_its_line():
                        stream.write(b"\n")  # an earlier run was killed in the middle of one
                    stream.write(line.encode(errors="backslashreplace"))
            except OSError as error:
                raise folder_error(self.path, error) from error

    def drop(self, entry: Subgoal) -> None:
        """Offer an entry no more: Lean does not accept it."""
        if entry in (known := self._known.get(entry.key, [])):
            known.remove(entry)

    def known_for(self, root: ProofState) -> tuple[Subgoal, ...]:
        """The entries for a goal of the same key, the newest first."""
        return tuple(reversed(self._known.get(merge_key(root), ())))

    def _keep(self, entry: Subgoal) -> bool:
        known = self._known.setdefault(entry.key, [])
        if entry in known or len(known) >= _MOST_A_KEY:
            return False
        known.append(entry)
        return True

    def _read(self) -> Iterator[Subgoal]:
        if self.path is None or not self.path.exists():
            return
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").split("\n")
        except OSError as error:
            raise folder_error(self.path, error) from error
        for line in lines:
            try:
                yield Subgoal.from_json(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                continue

    def _ends_its_line(self) -> bool:
        assert self.path is not None
        with self.path.open("rb") as stream:
            stream.seek(-1, os.SEEK_END)
            return stream.read(1) == b"\n"
