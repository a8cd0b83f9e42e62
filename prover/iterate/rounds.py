"""The folder of the rounds: what was ordered, what each finished round came to, and where its parts lie."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from prover.config import Config, stored_config
from prover.errors import RunFolderError
from prover.files import write_text
from prover.iterate.schedule import Schedule

_BEGUN, _ROUNDS = "iterate.json", "rounds.jsonl"


@dataclass(frozen=True, slots=True)
class Replay:
    """A learner's figures on held-out statements after a round: of the model that was known (None: not to tell), of
    the one trained on all rounds, the file of the one that the next round uses (empty: none), and the reason why none
    was trained."""

    before: float | None = None
    now: float | None = None
    model: str = ""
    reason: str = ""

    def __str__(self) -> str:
        if self.now is None:
            return self.reason or "nothing held out to measure on yet"
        return f"{self.now:.3f} in replay, {'-' if self.before is None else f'{self.before:.3f}'} before"


@dataclass(frozen=True, slots=True)
class Round:
    """A finished round: `searched` theorems, `each_s` seconds of Lean for each at most, `lean_s` used in all; what it
    proved and disproved for the first time and how many known proofs it made shorter; how many theorems are solved
    since the first round (`solved`) and in how many tactics those that are proved (`steps`)."""

    number: int
    searched: int
    each_s: float
    lean_s: float
    proved: int
    disproved: int
    shorter: int
    solved: int
    steps: int
    replays: Mapping[str, Replay] = field(default_factory=dict)

    @property
    def found(self) -> int:
        """How many theorems have a first or a shorter proof by it."""
        return self.proved + self.disproved + self.shorter

    def __str__(self) -> str:
        models = "".join(f"; {name}: {each}" for name, each in self.replays.items())
        return (
            f"round {self.number + 1}: {self.proved} proved, {self.disproved} disproved, {self.shorter} shorter of "
            f"{self.searched} with {self.lean_s:.0f} s of Lean; {self.solved} solved so far{models}"
        )

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Round:
        return cls(**{**value, "replays": {name: Replay(**each) for name, each in value["replays"].items()}})


class RoundsFolder:
    """A folder with one run for each round. Raises RunFolderError where it is damaged or can't be written."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def has_begun(self) -> bool:
        return (self.path / _BEGUN).is_file()

    def run_path(self, number: int) -> Path:
        return self.path / f"round{number}"

    def model_path(self, learner: str, number: int) -> Path:
        """The model that a learner trains after a round."""
        return self.path / "models" / f"{learner}{number}.json"

    def begin(self, schedule: Schedule, config: Config, inputs: Sequence[str]) -> None:
        """Write down what the loop was begun with, the inputs as they are named."""
        begun = {"plan": asdict(schedule), "config": config.to_json(), "inputs": list(inputs)}
        write_text(self.path / _BEGUN, json.dumps(begun, indent=1) + "\n")

    def forget(self) -> None:
        """Forget a beginning that failed; a folder that holds nothing else goes, too."""
        (self.path / _BEGUN).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.path.rmdir()

    def begun_with(self) -> tuple[Schedule, Config, list[str]]:
        """The schedule, the settings and the inputs of `begin`. Raises RunFolderError."""
        path = self.path / _BEGUN
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
            return Schedule(**value["plan"]), stored_config(value["config"], str(path)), list(value["inputs"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunFolderError(f"{path} is damaged: {error}") from error

    def rounds(self) -> list[Round]:
        """The finished rounds, in order."""
        path = self.path / _ROUNDS
        try:
            lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
            return [Round.from_json(json.loads(line)) for line in lines]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunFolderError(f"{path} is damaged: {error}") from error

    def write_rounds(self, rounds: list[Round]) -> None:
        write_text(self.path / _ROUNDS, "".join(json.dumps(asdict(each)) + "\n" for each in rounds))
