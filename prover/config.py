"""Every setting of a run: frozen dataclasses with their defaults, read from TOML and `--set a.b=c`, resolved once.

Nothing is read from the environment here and no constructor does work. An unknown key, a value of the wrong type and a
number out of its range are `UsageError`s that name the key. The resolved configuration is written into the run folder.
"""

from __future__ import annotations

import math
import tomllib
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar

from prover.errors import UsageError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")

EMBEDDED_MB = 2560
"""The memory limit of an embedded worker: 0.7 GiB resident from the start, and up to 2 GiB of linear memory."""
PROJECT_MB = 12288
"""That of a project's worker or judging process: with Mathlib, several GiB are the libraries' files, mapped."""
EMBEDDED_JUDGE_MB = 3072
"""That of an embedded judging process, which may use its linear memory whole."""


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers that a setting may be: from `least` on, or above it; below `below`, if that is given."""

    least: float
    is_above: bool = False
    below: float | None = None

    def holds(self, value: float) -> bool:
        """Whether the number lies in the range; infinite numbers and NaN never do."""
        is_enough = value > self.least if self.is_above else value >= self.least
        return is_enough and value < (math.inf if self.below is None else self.below)

    def __str__(self) -> str:
        """For people, after "must be"."""
        least = f"{'above' if self.is_above else 'at least'} {self.least:g}"
        return least if self.below is None else f"{least} and below {self.below:g}"


Count: TypeAlias = Annotated[int, Range(1)]
Positive: TypeAlias = Annotated[float, Range(0, is_above=True)]
NotNegative: TypeAlias = Annotated[float, Range(0)]
Share: TypeAlias = Annotated[float, Range(0, below=1)]


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """How a theorem is searched. Passes × samples × expansions is the published budget notation (P×S×K).

    `rule` is a search rule's name, with its parameters where they aren't the usual ones: `mcts?exploration=2`.
    A theorem's passes are searches of their own, with seeds of their own, and temperatures from `temperature` to
    `last_temperature`; each may use the whole budget of a theorem. `rounds` are one search: each resumes the search of
    the round before, under a budget `growth` times as big; the last one has the theorem's whole budget. At most
    `max_tactics` of a policy's answer are run; states at least `max_depth` tactics deep are not expanded. `probes` are
    cheap solvers tried at every state; with `learn_order`, kinds of tactics that have closed goals cheaply run first.
    `shorten` and `disprove` are shares of a theorem's budget: for finding a shorter proof, and for the negation.
    """

    rule: str = "token-mean"
    passes: Count = 1
    samples: Count = 32
    expansions: Count = 600
    tactics: Count | None = None
    tokens: Count | None = None
    lean_s: Positive | None = None
    temperature: NotNegative = 0.7
    last_temperature: NotNegative | None = None
    attempts: Count = 4
    max_tactics: Count | None = None
    piece: Count | None = None
    max_depth: Count | None = None
    in_flight: Count = 2
    probes: bool = False
    learn_order: bool = False
    rounds: Count = 1
    growth: Annotated[float, Range(1)] = 3.0
    minimise: bool = True
    shorten: Share = 0.0
    disprove: Share = 0.0


@dataclass(frozen=True, slots=True)
class LeanConfig:
    """The Lean workers: `workers` for each Lean. `project` is a Lake project's folder, or a list of several, of which
    each brings the Lean for the files in it; without one the embedded Lean is used. With `build`, what a project lacks
    is made by `lake build`. `repl` is the community REPL's binary, made with the project's Lean: what steps instead of
    our own server.

    A tactic ends at `heartbeats` or after `tactic_s` seconds. A judgement may take `judge_s` seconds for each of its
    steps: elaborating the challenge, elaborating the solution, comparing them. `memory_mb` (MiB, resident) is where a
    worker or a judging process is ended; None takes what its kind of Lean needs.
    """

    workers: Count = 2
    project: str | tuple[str, ...] | None = None
    build: bool = False
    repl: str | None = None
    heartbeats: Count = 200_000
    tactic_s: Positive = 5.0
    memory_mb: Count | None = None
    judge_s: Positive = 120.0

    @property
    def projects(self) -> tuple[str, ...]:
        """The projects' folders as they were named; none for the embedded Lean."""
        if self.project is None:
            return ()
        return (self.project,) if isinstance(self.project, str) else self.project

    @property
    def first_project(self) -> str | None:
        """The project of everything that lies in none; None for the embedded Lean."""
        return self.projects[0] if self.projects else None

    @property
    def worker_bytes(self) -> int:
        """The memory limit of one worker."""
        return (self.memory_mb or (PROJECT_MB if self.projects else EMBEDDED_MB)) << 20

    @property
    def judge_bytes(self) -> int:
        """The memory limit of one judging process."""
        return (self.memory_mb or (PROJECT_MB if self.projects else EMBEDDED_JUDGE_MB)) << 20


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Which policy proposes and which critic ranks: `builtin`, a checkpoint's folder, an endpoint's URL, or a mix.

    `critic_memory` is the part of a GPU's memory that is the critic's where policy and critic share one.
    """

    policy: str = "builtin"
    critic: str | None = None
    device: str = "auto"
    critic_memory: Annotated[float, Range(0, is_above=True, below=1)] = 0.25

    @property
    def chosen_device(self) -> str | None:
        """The device that was named; None leaves the choice to the engine."""
        return None if self.device == "auto" else self.device


@dataclass(frozen=True, slots=True)
class ClusterConfig:
    """How a run is spread when Ray is used; without Ray none of it counts. Labels are `KEY=VALUE,…` of Ray's nodes.

    `drivers` None takes one for every few dozen Lean workers; `policy_gpus` and `critic_gpus` are GPUs an engine, which
    may be fractions; None shares the GPUs that there are. `place_s` is how long engines and drivers may wait for a
    machine that holds them; `retries` is how often work that was lost with its actor is done again.
    """

    drivers: Count | None = None
    policy_engines: Count = 1
    policy_gpus: NotNegative | None = None
    critic_engines: Count = 1
    critic_gpus: NotNegative | None = None
    lean_labels: str = ""
    engine_labels: str = ""
    driver_labels: str = ""
    place_s: Positive = 300.0
    retries: Annotated[int, Range(0)] = 3


@dataclass(frozen=True, slots=True)
class Config:
    """One run, resolved. `time_limit_s` is per theorem and pass, in wall-clock seconds from its opening without what is
    a wait for Lean; `total_s` limits the seconds of all theorems of a run together, where it has several rounds.

    `preset` is the published budget that the settings were begun from, if any; it sets nothing by itself.
    """

    time_limit_s: Positive = 60.0
    total_s: Positive | None = None
    seed: int = 0
    preset: str | None = None
    concurrency: Count | None = None
    trace: bool = True
    search: SearchConfig = field(default_factory=SearchConfig)
    lean: LeanConfig = field(default_factory=LeanConfig)
    models: ModelConfig = field(default_factory=ModelConfig)
    cluster: ClusterConfig = field(default_factory=ClusterConfig)

    def to_json(self) -> dict[str, Any]:
        """The resolved configuration as plain JSON values."""
        return asdict(self)


def load_config(file: Path | None, settings: Iterable[str] = (), *, base: Config | None = None) -> Config:
    """`base` (or the defaults), overlaid by a TOML file, overlaid by `key=value` settings (`search.attempts=2`).

    Raises UsageError for an unreadable file, an unknown key or a value of the wrong type.
    """
    config = base or Config()
    if file is not None:
        try:
            document = tomllib.loads(file.read_text(encoding="utf8"))
        except OSError as error:
            raise UsageError(f"can't read the configuration {file}: {error.strerror}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{file} is not valid TOML: {error}") from error
        config = overlay(config, document, str(file))
    for setting in settings:
        key, separator, text = setting.partition("=")
        if not separator:
            raise UsageError(f"--set takes KEY=VALUE, not {setting!r}")
        config = overlay(config, nested(key.strip(), parse_value(text.strip())), f"--set {setting}")
    return config


def stored_config(values: Mapping[str, Any], where: str) -> Config:
    """The settings stored in a run's folder. Raises UsageError as `load_config`.

    Older runs keep the exponent of two rules beside the rule, as `search.alpha`; it becomes the rule's parameter. Their
    `lean.memory_mb` limited nothing, and is left out.
    """
    search, lean = dict(values.get("search", {})), dict(values.get("lean", {}))
    alpha = search.pop("alpha", None)
    if alpha is not None:
        lean.pop("memory_mb", None)
    if alpha is not None and search.get("rule") in ("length-normalised", "blended"):
        search["rule"] += f"?alpha={alpha!r}"
    return overlay(Config(), {**values, "search": search, "lean": lean}, where)


def nested(key: str, value: object) -> dict[str, Any]:
    """`a.b.c` and a value as nested mappings."""
    for part in reversed(key.split(".")):
        value = {part: value}
    return typing.cast(dict[str, Any], value)


def parse_value(text: str) -> object:
    """A TOML value; a bare word is taken as a string, so that `--set models.policy=builtin` needs no quotes."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def overlay(base: T, values: Mapping[str, Any], where: str, prefix: str = "") -> T:
    """`base` (a dataclass of settings) with `values` put over it. Raises UsageError naming `where` and the key."""
    hints = typing.get_type_hints(type(base))
    known = {item.name for item in fields(base)}
    changes: dict[str, Any] = {}
    for key, value in values.items():
        name = f"{prefix}{key}"
        if key not in known:
            raise UsageError(f"{where}: no setting is called {name!r}; there are: {', '.join(sorted(known))}")
        current = getattr(base, key)
        if is_dataclass(current) and not isinstance(current, type):
            if not isinstance(value, Mapping):
                raise UsageError(f"{where}: {name!r} is a group of settings, not a value")
            changes[key] = overlay(current, value, where, f"{name}.")
        else:
            changes[key] = checked(value, hints[key], f"{where}: {name!r}")
    return replace(base, **changes)


def checked(value: object, hint: Any, what: str) -> object:
    """`value` if it has the annotated type (an int will do for a float); UsageError otherwise."""
    allowed = alternatives(hint)
    if isinstance(value, int) and not isinstance(value, bool) and float in allowed and int not in allowed:
        return float(value)
    if type(value) in allowed:
        return value
    if (
        isinstance(value, list)
        and value
        and tuple[str, ...] in allowed
        and all(isinstance(item, str) for item in value)
    ):
        return tuple(value)
    if value == "none" and types.NoneType in allowed:
        return None
    kinds = [kind for kind in allowed if kind is not types.NoneType]
    wanted = " or ".join("list of str" if kind == tuple[str, ...] else kind.__name__ for kind in kinds)
    raise UsageError(f"{what} takes {wanted}, not {value!r}")


def alternatives(hint: Any) -> tuple[Any, ...]:
    """The types that an annotation allows."""
    return typing.get_args(hint) if typing.get_origin(hint) in (types.UnionType, typing.Union) else (hint,)


def leaves(settings: DataclassInstance, prefix: str = "") -> Iterator[tuple[str, object, Range | None]]:
    """Every single setting: its whole name (`search.rule`), its value, and the range it has to lie in, if any."""
    hints = typing.get_type_hints(type(settings), include_extras=True)
    for item in fields(settings):
        value, name = getattr(settings, item.name), f"{prefix}{item.name}"
        if is_dataclass(value) and not isinstance(value, type):
            yield from leaves(value, f"{name}.")
        else:
            notes = [note for kind in alternatives(hints[item.name]) for note in getattr(kind, "__metadata__", ())]
            yield name, value, next((note for note in notes if isinstance(note, Range)), None)


def refuse_out_of_range(config: Config) -> Config:
    """The settings, if every number lies in its range. Raises UsageError naming the first that does not."""
    for name, value, allowed in leaves(config):
        if allowed is not None and isinstance(value, int | float) and not allowed.holds(value):
            raise UsageError(f"{name} must be {allowed}, not {value:g}")
    return config
