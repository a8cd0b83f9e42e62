"""Sketches from a file: what a person writes by hand, and what a test plays a planner with.

A `.jsonl` file has a line `{"name": …, "sketches": [TEXT, …]}` for each theorem, with `"hole": N` for the N-th of its
`sorry`s alone; in a `.lean` file the theorem stands itself, with a proof that somebody began.
"""

from __future__ import annotations

import json
from pathlib import Path

from prover.errors import UsageError
from prover.plan.planner import Answer, Request
from prover.plan.reading import script_in, theorems_in


class ScriptPlanner:
    """Gives the sketches of a file in their order, by the theorem's name. Raises UsageError for a file that holds
    none."""

    answers_holes = False
    is_written = True

    def __init__(self, path: Path) -> None:
        self.name = f"script:{path}"
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"can't read the sketches in {path}: {error}") from error
        is_lean = path.suffix == ".lean"
        self._sketches = {(name, 0): each for name, each in theorems_in(text).items()} if is_lean else _rows(text, path)
        if not self._sketches:
            raise UsageError(f'{path} holds no sketches: a line is {{"name": NAME, "sketches": [TEXT, …]}}')

    async def propose(self, request: Request, most_tokens: int) -> Answer | None:  # noqa: ARG002 (it costs nothing)
        """The next sketch of the theorem or its hole; None after the last. Those for no hole of several in particular
        are tried at each."""
        task, numbers = request.task, dict.fromkeys((request.number, 0))
        name = next((name for name in (task.id, task.name) if any((name, n) in self._sketches for n in numbers)), "")
        known = [text for number in numbers for text in self._sketches.get((name, number), ())]
        return Answer(script_in(known[request.asked], task.name)) if request.asked < len(known) else None


def _rows(text: str, path: Path) -> dict[tuple[str, int], tuple[str, ...]]:
    """The sketches by the theorem's name and the number of its hole; 0 where the line names none."""
    found: dict[tuple[str, int], tuple[str, ...]] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            name, sketches, hole = row["name"], row["sketches"], row.get("hole", 0)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise UsageError(f"{path}:{number}: no line of sketches: {error!r}") from error
        if not (isinstance(name, str) and isinstance(sketches, list) and all(isinstance(s, str) for s in sketches)):
            raise UsageError(f"{path}:{number}: `name` is a text and `sketches` a list of texts")
        if type(hole) is not int or hole < 0:
            raise UsageError(f"{path}:{number}: `hole` is the number of a `sorry`, from 1")
        found[name, hole] = (*found.get((name, hole), ()), *sketches)
    return found
