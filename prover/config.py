"""Every setting of a run: frozen dataclasses with their defaults, read from TOML and `--set a.b=c`, resolved once.

Nothing is read from the environment here and no constructor does work. An unknown key or a value of the wrong type is
a `UsageError` that names the key. The resolved configuration is written into the run folder.
"""

from __future__ import annotations

import tomllib
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from prover.errors import UsageError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """How a theorem is searched. Passes × samples × expansions is the published budget notation (P×S×K).

    `rule` is a search rule's name, with its parameters where they aren't the usual ones: `mcts?exploration=2`.
    A theorem's passes are searches of their own, with seeds of their own, and temperatures from `temperature` to
    `last_temperature`; each may use the whole budget of a theorem. `rounds` are not: each goes on with the search of
    the one before, under a budget `growth` times as big; the last one has the theorem's whole budget. Of a policy's
    answer at most `max_tactics` are run; states at least `max_depth` tactics deep are not expanded. `probes` are cheap
    solvers tried at every state, `learn_order` runs what has closed goals cheaply first. `shorten` and `disprove` are
    shares of a theorem's budget: for going on after a proof to a shorter one, and for its negation.
    """

    rule: str = "token-mean"
    passes: int = 1
    samples: int = 32
    expansions: int = 600
    tactics: int | None = None
    tokens: int | None = None
    lean_s: float | None = None
    temperature: float = 0.7
    last_temperature: float | None = None
    attempts: int = 4
    max_tactics: int | None = None
    piece: int | None = None
    max_depth: int | None = None
    in_flight: int = 2
    probes: bool = False
    learn_order: bool = False
    rounds: int = 1
    growth: float = 3.0
    minimise: bool = True
    shorten: float = 0.0
    disprove: float = 0.0


@dataclass(frozen=True, slots=True)
class LeanConfig:
    """The Lean workers: `workers` for each Lean. `project` is a Lake project's folder, or a list of several, of which
    each brings the Lean for the files in it; without one the embedded Lean is used. With `build`, what a project lacks
    is made by `lake build`. `repl` is the community REPL's binary, made with the project's Lean: what steps instead of
    our own server."""

    workers: int = 2
    project: str | tuple[str, ...] | None = None
    build: bool = False
    repl: str | None = None
    heartbeats: int = 200_000
    tactic_s: float = 5.0
    memory_mb: int = 4096
    judge_s: float = 120.0

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


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Which policy proposes and which critic ranks: `builtin`, a checkpoint's folder, an endpoint's URL, or a mix.

    `critic_memory` is the part of a GPU's memory that is the critic's where policy and critic share one.
    """

    policy: str = "builtin"
    critic: str | None = None
    device: str = "auto"
    critic_memory: float = 0.25


@dataclass(frozen=True, slots=True)
class ClusterConfig:
    """How a run is spread when Ray is used; without Ray none of it counts. Labels are `KEY=VALUE,…` of Ray's nodes.

    `drivers` None takes one for every few dozen Lean workers; `policy_gpus` and `critic_gpus` are GPUs an engine, which
    may be fractions; None shares the GPUs that there are. `place_s` is how long engines and drivers may wait for a
    machine that holds them; `retries` is how often work that was lost with its actor is done again.
    """

    drivers: int | None = None
    policy_engines: int = 1
    policy_gpus: float | None = None
    critic_engines: int = 1
    critic_gpus: float | None = None
    lean_labels: str = ""
    engine_labels: str = ""
    driver_labels: str = ""
    place_s: float = 300.0
    retries: int = 3


@dataclass(frozen=True, slots=True)
class Config:
    """One run, resolved. `time_limit_s` is per theorem and pass, in wall-clock seconds from its opening without what is
    a wait for Lean; `total_s` limits the seconds of all theorems of a run together, where it has several rounds.

    `preset` is the published budget that the settings were begun from, if any; it sets nothing by itself.
    """

    time_limit_s: float = 60.0
    total_s: float | None = None
    seed: int = 0
    preset: str | None = None
    concurrency: int | None = None
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
    """The settings that a run's folder tells of. Raises UsageError as `load_config`.

    Older runs keep the exponent of two rules beside the rule, as `search.alpha`; it becomes the rule's parameter.
    """
    search = dict(values.get("search", {}))
    alpha = search.pop("alpha", None)
    if alpha is not None and search.get("rule") in ("length-normalised", "blended"):
        search["rule"] += f"?alpha={alpha!r}"
    return overlay(Config(), {**values, "search": search}, where)


def refuse_out_of_range(config: Config) -> None:
    """Raises UsageError naming a number that can't be meant."""
    search, models, cluster = config.search, config.models, config.cluster
    least: dict[str, tuple[float | None, float]] = {
        "search.samples": (search.samples, 1),
        "search.expansions": (search.expansions, 1),
        "search.passes": (search.passes, 1),
        "search.rounds": (search.rounds, 1),
        "search.attempts": (search.attempts, 1),
        "search.in_flight": (search.in_flight, 1),
        "search.temperature": (search.temperature, 0),
        "search.last_temperature": (search.last_temperature, 0),
        "search.tactics": (search.tactics, 1),
        "search.tokens": (search.tokens, 1),
        "cluster.policy_engines": (cluster.policy_engines, 1),
        "cluster.critic_engines": (cluster.critic_engines, 1),
        "cluster.policy_gpus": (cluster.policy_gpus, 0),
        "cluster.critic_gpus": (cluster.critic_gpus, 0),
        "cluster.retries": (cluster.retries, 0),
    }
    for name, (value, low) in least.items():
        if value is not None and not low <= value < float("inf"):
            raise UsageError(f"{name} takes a number from {low:g}, not {value:g}")
    if not 0.0 < models.critic_memory < 1.0:
        raise UsageError(
            f"models.critic_memory is a part of a GPU's memory, between 0 and 1, not {models.critic_memory:g}"
        )


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
    allowed = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
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
