"""Pickled environments and proof states: the requests that lead to one, to be run again in another process.

The community REPL writes memory; this writes what was asked. A pickle is read by whatever Lean runs then, takes as long
to load as its requests took, and holds nothing that could be wrong about a proof.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from prover.errors import UsageError
from prover.files import write_text

_MAX_FILE = 64 * 1024 * 1024
_FORMAT = "stepwise-repl-1"
_KEPT = ("cmd", "allTactics", "rootGoals", "tactic", "heartbeats", "wallMs")

Request = Mapping[str, Any]


class Recipe(NamedTuple):
    """A request, without ids, and the recipe of what it was put to."""

    before: Recipe | None
    step: Request

    def steps(self) -> list[Request]:
        """The requests in order, as the server's `rerun` takes them."""
        steps: list[Request] = []
        recipe: Recipe | None = self
        while recipe is not None:
            steps.append(recipe.step)
            recipe = recipe.before
        return steps[::-1]


class Recipes:
    """The recipes of everything that a session's answers have given an id."""

    def __init__(self) -> None:
        self._envs: dict[Any, Recipe] = {}
        self._states: dict[Any, Recipe] = {}

    def note(self, request: Request, answer: Mapping[str, Any]) -> None:
        """What the answer gives an id came of this request."""
        if "cmd" in request and "env" in answer:
            self._envs[answer["env"]] = made = Recipe(self._envs.get(request.get("env")), _kept(request))
            self._note_states(made, [*answer.get("sorries", ()), *answer.get("tactics", ())])
        elif "tactic" in request and "proofState" in answer and (before := self._states.get(request["proofState"])):
            self._note_states(Recipe(before, _kept(request)), [*answer.get("sorries", ()), answer])
        elif "tactics" in request and "focus" not in request and "results" in answer:
            for call, result in zip(request["tactics"], answer["results"], strict=True):
                if "proofState" in result and (before := self._states.get(request["proofState"])):
                    self._note_states(Recipe(before, _kept(call)), [result])
        elif "rerun" in request:
            self._note_rerun(request["rerun"], answer)

    def of(self, request: Request) -> Recipe | None:
        """The recipe of the `env` or else the `proofState` that the request names; None if there is none."""
        found, number = (self._envs, request["env"]) if "env" in request else (self._states, request.get("proofState"))
        return found.get(number) if isinstance(number, int) else None

    def _note_states(self, made: Recipe, places: list[Mapping[str, Any]]) -> None:
        ids = [place["proofState"] for place in places if "proofState" in place]
        for state in ids:
            self._states[state] = Recipe(made, {"take": state - min(ids)})

    def _note_rerun(self, steps: list[Request], answer: Mapping[str, Any]) -> None:
        recipe: Recipe | None = None
        for step in steps:
            recipe = Recipe(recipe, step)
        if recipe is not None:
            found = self._envs if "env" in answer else self._states
            found[answer.get("env", answer.get("proofState"))] = recipe


def _kept(request: Request) -> Request:
    return {key: request[key] for key in _KEPT if key in request}


def write_pickle(path: Path, recipe: Recipe) -> None:
    """Write a recipe. Raises UsageError rather than replace a file that is no pickle."""
    if path.exists():
        read_pickle(path)
    write_text(path, json.dumps({"format": _FORMAT, "steps": recipe.steps()}, ensure_ascii=False) + "\n")


def read_pickle(path: Path) -> list[Request]:
    """The requests of a pickle, for the server's `rerun`. Raises UsageError if the file is none."""
    try:
        content = json.loads(read_limited(path))
    except ValueError as error:
        raise UsageError(f"{path} is no pickle of this REPL: {error}") from error
    steps = content.get("steps") if isinstance(content, dict) and content.get("format") == _FORMAT else None
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise UsageError(f"{path} is no pickle of this REPL")
    return steps


def read_limited(path: Path) -> str:
    """The text of a file. Raises UsageError if it can't be read or is too large for a request."""
    try:
        if path.stat().st_size > _MAX_FILE:
            raise UsageError(f"{path} is larger than {_MAX_FILE >> 20} MiB")
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: {error}") from error


def below(folder: Path, name: object) -> Path:
    """The path of a file that a request names. Raises UsageError unless it lies in `folder`, links followed."""
    if not isinstance(name, str) or "\0" in name:
        raise UsageError("a file's name must be a text")
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise UsageError(f"{name} is not below {folder}, the folder that this REPL works in")
    return path
