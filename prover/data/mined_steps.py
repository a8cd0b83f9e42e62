"""Steps mined from proofs that people wrote, in the shapes in which other projects publish theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypedDict, get_type_hints


class MinedStep(TypedDict):
    """A tactic of a finished proof that runs alone. Lines count from 1, columns from 0 in code points. `number` is its
    place in the proof, `inside` that of the tactic around it (-1: none); `premises` are the constants in the terms that
    it gave to its goals, `statement` is the theorem up to its body."""

    url: str
    commit: str
    file: str
    theorem: str
    statement: str
    proof: str
    number: int
    inside: int
    line: int
    column: int
    end_line: int
    end_column: int
    state: str
    tactic: str
    state_after: str
    premises: list[str]


class _LeanGitHubRow(TypedDict):
    """LEAN-GitHub: a theorem's file and name, and a tactic of it with the states around it."""

    url: str
    commit: str
    file_path: str
    full_name: str
    start: str
    end: str
    tactic: str
    state_before: str
    state_after: str


class _NtpRow(TypedDict):
    """NTP-toolkit: a state, the texts of file and declaration up to there, and the tactic that comes next."""

    state: str
    nextTactic: str
    srcUpToTactic: str
    declUpToTactic: str
    decl: str
    declId: str


def _own(step: MinedStep, before: str) -> MinedStep:  # noqa: ARG001 (as all shapes)
    return step


def _lean_github(step: MinedStep, before: str) -> _LeanGitHubRow:  # noqa: ARG001
    return {
        "url": step["url"],
        "commit": step["commit"],
        "file_path": step["file"],
        "full_name": step["theorem"],
        "start": f"({step['line']}, {step['column'] + 1})",
        "end": f"({step['end_line']}, {step['end_column'] + 1})",
        "tactic": step["tactic"],
        "state_before": step["state"],
        "state_after": step["state_after"],
    }


def _ntp_toolkit(step: MinedStep, before: str) -> _NtpRow:
    begun = before.rfind(step["statement"])
    return {
        "state": step["state"],
        "nextTactic": step["tactic"],
        "srcUpToTactic": before,
        "declUpToTactic": before[max(0, begun) :],
        "decl": step["statement"] + step["proof"],
        "declId": f"{step['file']}:{step['theorem']}",
    }


SHAPES: Mapping[str, Callable[[MinedStep, str], Any]] = {
    "steps": _own,
    "lean-github": _lean_github,
    "ntp-toolkit": _ntp_toolkit,
}
"""What makes a row of a step and the text before it, by the name of the shape."""


def columns_of(shape: str) -> Mapping[str, Any]:
    """The types of the fields of a shape's rows."""
    return get_type_hints(get_type_hints(SHAPES[shape])["return"])
