"""The judge's cases: `cases/judge/{attacks,honest}/NAME/{Challenge.lean,Solution.lean,expect.json}`.

`expect.json` names the theorem, what the ban list finds (`scan`, words in order), and what the Lean side says without
the ban list (`lean`: a verdict and the reasons it may have). With `of_a_file` the solution is a person's file, whose
errors elsewhere don't count.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from prover.judge import Reason, VerdictStatus

_ROOT = Path(__file__).parent / "judge"
RULES = Path(__file__).parent / "rules.json"
"""For each goal the rules of the built-in policy that are meant for it."""
_LEANS_FILES = {"Challenge.lean", "Solution.lean", "expect.json"}


@dataclass(frozen=True)
class Case:
    """One case with its expectation."""

    name: str
    challenge: str
    solution: str
    theorem: str
    scan: tuple[str, ...]
    status: VerdictStatus
    kinds: frozenset[Reason]
    is_whole: bool


def cases(group: str) -> list[Case]:
    """All cases of `attacks` or `honest`, by name. A folder with a file missing or unknown is an error."""
    return [_read(folder) for folder in sorted((_ROOT / group).iterdir())]


def _read(folder: Path) -> Case:
    found = {path.name for path in folder.iterdir()}
    if found != _LEANS_FILES:
        raise ValueError(f"{folder} should hold {sorted(_LEANS_FILES)}, not {sorted(found)}")
    expect = json.loads((folder / "expect.json").read_text(encoding="utf-8"))
    lean = expect["lean"]
    return Case(
        name=folder.name,
        challenge=(folder / "Challenge.lean").read_bytes().decode("utf-8"),
        solution=(folder / "Solution.lean").read_bytes().decode("utf-8"),
        theorem=expect["theorem"],
        scan=tuple(expect["scan"]),
        status=VerdictStatus(lean["verdict"]),
        kinds=frozenset(Reason(kind) for kind in lean.get("kinds", ())),
        is_whole=not expect.get("of_a_file", False),
    )
