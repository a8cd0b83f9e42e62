"""Every setting of a run: frozen dataclasses with their defaults, read from TOML and `--set a.b=c`, resolved once.

Nothing is read from the environment here and no constructor does work. An unknown key, a value of the wrong type and a
number out of its range are `UsageError`s that name the key. The resolved configuration is written into the run folder.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

from prover.errors import UsageError
from prover.settings import Count, NotNegative, Positive, Range, Share, nested, overlay

EMBEDDED_MB = 2560
"""The memory limit of an embedded worker: 0.7 GiB resident from the start, and up to 2 GiB of linear memory."""
PROJECT_MB = 12288
"""That of a project's worker or judging process: with Mathlib, several GiB are the libraries' files, mapped."""
_EMBEDDED_JUDGE_MB = 3072
"""That of an embedded judging process, which may use its linear memory whole."""


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """How a theorem is searched. Passes × samples × expansions is the published budget notation (P×S×K); what limits
    one pass may be left open with None."""

    rule: str = "token-mean"
    """The search's rule, or rules, with its parameters: `mcts?exploration=2`; docs/search.md lists them."""
    passes: Count = 1
    """Independent searches of a theorem, each with a seed of its own and the whole budget."""
    samples: Count = 32
    """Tactics asked of the policy at each expansion."""
    expansions: Count = 600
    """Expansions of one pass."""
    tactics: Count | None = None
    """Tactics that one pass may run."""
    tokens: Count | None = None
    """Tokens that the policy may write in one pass."""
    lean_s: Positive | None = None
    """Seconds of Lean's time in one pass."""
    temperature: NotNegative = 0.7
    """The sampling temperature, of the first pass."""
    last_temperature: NotNegative | None = None
    """The temperature of the last pass; those between go up or down in equal steps."""
    attempts: Count = 4
    """How often one state may be expanded."""
    max_tactics: Count | None = None
    """Tactics of one answer of the policy that are run."""
    piece: Count | None = None
    """Tactics run at a time; then the state waits its turn again, with the rest of the answer."""
    max_depth: Count | None = None
    """States so many tactics deep are not expanded."""
    in_flight: Count = 2
    """Expansions of one search at the same time."""
    probes: bool = False
    """Try cheap solvers at every state."""
    learn_order: bool = False
    """Correct the order of tactics by what has closed goals in this run."""
    rounds: Count = 1
    """Rounds over the theorems with growing budgets, each resuming the search of the one before."""
    growth: Annotated[float, Range(1)] = 3.0
    """The factor between the budgets of two rounds; the last round has the whole budget."""
    minimise: bool = True
    """Make a found proof shorter before it is judged."""
    shorten: Share = 0.0
    """The share of a theorem's time for finding a shorter proof after the first."""
    disprove: Share = 0.0
    """The share of a theorem's budget for its negation and for a contradiction in its hypotheses."""
    collect: Share = 0.0
    """The share of states at which everything that the policy has is run, a success or not: for learning."""
    best_effort: bool = False
    """Where there is no proof, give the unfinished one that closes most, with a `sorry` for each goal left."""


@dataclass(frozen=True, slots=True)
class LeanConfig:
    """The Lean workers and the judge."""

    workers: Count = 2
    """Lean workers, for each Lean, at most: `search.in_flight` for each theorem, and as memory has room for."""
    project: str | tuple[str, ...] | None = None
    """A Lake project's folder, or a list of several, each with the Lean for its own files; none: the embedded Lean."""
    build: bool = False
    """Make what a project lacks by `lake build`."""
    repl: str | None = None
    """The community REPL's binary, made with the project's Lean, which then runs the tactics."""
    heartbeats: Count = 200_000
    """Lean's own limit on one tactic."""
    tactic_s: Positive = 5.0
    """Seconds after which a tactic ends; of processor time, on the embedded Lean."""
    memory_mb: Count | None = None
    """Resident MiB at which a worker or a judging process is ended; none: what its kind of Lean needs."""
    judge_s: Positive = 120.0
    """Seconds for each step of a judgement: elaborating challenge and solution, comparing them."""

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
        return (self.memory_mb or (PROJECT_MB if self.projects else _EMBEDDED_JUDGE_MB)) << 20


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Which policy proposes and which critic ranks."""

    policy: str = "builtin"
    """What proposes tactics: `builtin`, a checkpoint's folder, an endpoint's URL, or a mix; docs/models.md."""
    critic: str | None = None
    """What ranks states: a checkpoint's folder or a URL; none: the heuristic."""
    device: str = "auto"
    """Where models run: `cpu`, `cuda:1`, or `auto` for the engine's choice."""
    critic_memory: Annotated[float, Range(0, is_above=True, below=1)] = 0.25
    """The critic's part of a GPU's memory, where policy and critic share the GPU."""

    @property
    def chosen_device(self) -> str | None:
        """The device that was named; None leaves the choice to the engine."""
        return None if self.device == "auto" else self.device

    @property
    def chosen_critic(self) -> str:
        """The critic that was named, or `heuristic`."""
        return self.critic or "heuristic"


@dataclass(frozen=True, slots=True)
class PolicyConfig:
    """How the built-in policy orders its rules."""

    model: str | None = None
    """The file of a rule model, which orders the built-in policy's rules; none: the rule book's figures."""


@dataclass(frozen=True, slots=True)
class ClusterConfig:
    """How a run is spread when Ray is used; without Ray none of it counts."""

    drivers: Count | None = None
    """Search drivers; none: one for every 128 Lean workers."""
    policy_engines: Count = 1
    """Engines that run the policy's model."""
    policy_gpus: NotNegative | None = None
    """GPUs of each of them, which may be a fraction; none: an equal share of the GPUs there are."""
    critic_engines: Count = 1
    """Engines that run the critic's model."""
    critic_gpus: NotNegative | None = None
    """GPUs of each of them, as for the policy."""
    lean_labels: str = ""
    """Labels `KEY=VALUE,…` of the nodes for Lean workers."""
    engine_labels: str = ""
    """Labels of the nodes for engines."""
    driver_labels: str = ""
    """Labels of the nodes for drivers."""
    place_s: Positive = 300.0
    """Seconds that engines and drivers may wait for a place."""
    start_s: Positive = 1800.0
    """Seconds that models may take to load, and then the first Lean worker to start, before the run ends."""
    retries: Annotated[int, Range(0)] = 3
    """How often work is done again that was lost with its actor."""


@dataclass(frozen=True, slots=True)
class PlanConfig:
    """Sketches of proofs that planners write, worked at beside the search for a theorem."""

    planners: tuple[str, ...] | None = None
    """Who writes sketches, one after the other: `script:FILE`, a URL, a checkpoint's folder; docs/plans.md."""
    share: Share = 0.3
    """The share of a theorem's time before the first sketch is asked for."""
    sketches: Count = 8
    """Sketches of a theorem that Lean accepts and that are worked at."""
    repairs: Annotated[int, Range(0)] = 3
    """How often a sketch goes back to its planner with Lean's messages."""
    depth: Count = 2
    """How deep sketches stand in holes of sketches; 1: none do."""
    disprove: Share = 0.25
    """The part of a hole's time that goes to its negation."""
    calls: Count = 24
    """Requests to planners for one theorem."""
    tokens: Count = 100_000
    """Tokens that planners may write for one theorem."""
    record: str | None = None
    """A file that keeps every request to a served planner or policy with its answer."""
    replay: str | None = None
    """A file of such requests: they are answered from it, and no other is sent."""


@dataclass(frozen=True, slots=True)
class Config:
    """One run, resolved."""

    time_limit_s: Positive = 60.0
    """Seconds of wall-clock time for a theorem and pass, from when Lean begins with its declaration to the judge."""
    total_s: Positive | None = None
    """Seconds for all theorems of a run together, where it has several rounds."""
    seed: int = 0
    """The seed of every random choice."""
    preset: str | None = None
    """The published budget that the settings began from; written down, and without effect by itself."""
    concurrency: Count | None = None
    """Theorems worked on at the same time; none: as many as keep Lean's workers busy."""
    trace: bool = True
    """Write the traces of the searches."""
    search: SearchConfig = field(default_factory=SearchConfig)
    lean: LeanConfig = field(default_factory=LeanConfig)
    models: ModelConfig = field(default_factory=ModelConfig)
    policy: PolicyConfig = field(default_factory=PolicyConfig)
    cluster: ClusterConfig = field(default_factory=ClusterConfig)
    plan: PlanConfig = field(default_factory=PlanConfig)

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
        config = overlay(config, nested(key.strip(), _parse_value(text.strip())), f"--set {setting}")
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


def _parse_value(text: str) -> object:
    """A TOML value; a bare word is taken as a string, so that `--set models.policy=builtin` needs no quotes."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
