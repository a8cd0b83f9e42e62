"""The vocabulary of proof search: what every room of Stepwise speaks.

Frozen values, one closed union of tactic outcomes, and the three protocols that the search is run against
(`Environment`, `Policy`, `Critic`). Nothing here does I/O, and nothing here imports another room.
"""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias


class LogProb(float):
    """A natural-log probability: at most 0, never NaN. Minus infinity is allowed and means impossible.

    Raises ValueError for anything else, so a probability or a score can't be added where a log-probability belongs.
    """

    __slots__ = ()

    def __new__(cls, value: float) -> LogProb:
        if math.isnan(value) or value > 0.0:
            raise ValueError(f"a log-probability is at most 0, not {value!r}")
        return super().__new__(cls, value)


class Value(float):
    """A critic's estimate that a state can be finished, in [0, 1]; 1 is proved, 0 is hopeless."""

    __slots__ = ()

    def __new__(cls, value: float) -> Value:
        if not 0.0 <= value <= 1.0:
            raise ValueError(f"a value lies between 0 and 1, not {value!r}")
        return super().__new__(cls, value)


# --------------------------------------------------------------------------------------------------- proof states


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One local hypothesis as Lean prints it.

    `head` is the head constant of its type ("And", "Eq", "Nat", …; empty for a local head or a binder),
    `value` the body of a `let`. `is_accessible` is false for names that a tactic can't write (`a✝`).
    """

    name: str
    type: str
    value: str | None = None
    head: str = ""
    is_prop: bool = False
    is_instance: bool = False
    is_accessible: bool = True


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal: local context and target. `pretty` is Lean's own rendering, as models were trained on it.

    `key` is canonical: two goals with equal keys are interchangeable (same context and target up to the names
    of hypotheses). `constants` are the constants in the target, outermost first, without duplicates.
    """

    target: str
    hypotheses: tuple[Hypothesis, ...] = ()
    tag: str = ""
    pretty: str = ""
    key: str = ""
    head: str = ""
    constants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProofState:
    """The goals that are open together. No goals means finished.

    `groups` partitions the goal indices: goals in different groups share no metavariable and can be proved
    apart. `key` is canonical over the whole state.
    """

    goals: tuple[Goal, ...]
    key: str
    groups: tuple[tuple[int, ...], ...] = ()

    @property
    def pretty(self) -> str:
        """All goals in one text, separated by a blank line, as the published models saw it."""
        return "\n\n".join(goal.pretty for goal in self.goals)


@dataclass(frozen=True, slots=True)
class Step:
    """One tactic of a path, and the goals it left with which the path continues (None: all of them)."""

    tactic: str
    focus: tuple[int, ...] | None = None


Path: TypeAlias = tuple[Step, ...]
"""From the root of a theorem to a state. Lean's own ids are not durable; a path can always be replayed."""


# ------------------------------------------------------------------------------------------------------- tactics


@dataclass(frozen=True, slots=True)
class TacticLimits:
    """What one tactic may use: Lean heartbeats (thousands, as `maxHeartbeats` counts them) and wall-clock seconds."""

    heartbeats: int = 200_000
    wall_s: float = 5.0


@dataclass(frozen=True, slots=True)
class TacticCall:
    """A tactic to run on a state, with its own limits."""

    text: str
    limits: TacticLimits = TacticLimits()


class RejectKind(StrEnum):
    """Why Lean refused a tactic."""

    PARSE = "parse"
    ELABORATION = "elaboration"  # unknown identifier, type mismatch, failed unification, missing instance
    ERROR = "error"  # the tactic ran and failed
    SORRY = "sorry"  # it "succeeded" only by admitting something
    BANNED = "banned"  # never sent to Lean: on the ban list


@dataclass(frozen=True, slots=True)
class Advanced:
    """The tactic was accepted and left `state`, which has at least one goal.

    `text` is the tactic as a proof should write it (a "Try this" suggestion in place of `exact?`).
    """

    state: ProofState
    text: str
    lean_s: float = 0.0
    heartbeats: int = 0


@dataclass(frozen=True, slots=True)
class Proved:
    """The tactic closed every goal it was run on: a candidate that the judge still has to confirm."""

    text: str
    lean_s: float = 0.0
    heartbeats: int = 0


@dataclass(frozen=True, slots=True)
class Rejected:
    """Lean refused the tactic. `message` is Lean's own."""

    kind: RejectKind
    message: str
    lean_s: float = 0.0
    heartbeats: int = 0


class LimitKind(StrEnum):
    """Which limit a tactic ran into."""

    HEARTBEATS = "heartbeats"
    WALL = "wall"
    MEMORY = "memory"
    RECURSION = "recursion"


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The tactic hit a limit: *unknown*, neither a failure nor a success."""

    limit: LimitKind
    lean_s: float = 0.0
    heartbeats: int = 0


@dataclass(frozen=True, slots=True)
class Crashed:
    """The worker died under the tactic, or was lost: *unknown*. `cause` says what is known."""

    cause: str
    lean_s: float = 0.0


Outcome: TypeAlias = Advanced | Proved | Rejected | TimedOut | Crashed
"""What became of a tactic: a closed union, to be matched exhaustively."""


# ------------------------------------------------------------------------------------------------------ protocols


@dataclass(frozen=True, slots=True)
class Premise:
    """A library lemma or a definition that may help with a goal.

    `kind` says how its conclusion can be used: "eq" and "iff" (rewriting), "apply" (its head is the goal's head),
    "def" (can be unfolded); or what Lean has seen to fit: "unify" (`apply` it; "unify_mp" and "unify_mpr" one way of
    it), "rewrite" and "rewrite_back". Two are no lemmas: "shape" is the constant that the target unfolds to, "flat" a
    type in sight that doesn't recurse. `score` is higher for closer ones and only ranks premises of one goal; of those
    that fit it is 1 / (1 + goals left).
    """

    name: str
    kind: str
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Theorem:
    """The theorem under search, as far as a policy may know it beside the state."""

    name: str
    statement: str = ""
    header: str = ""


@dataclass(frozen=True, slots=True)
class ProposalRequest:
    """Ask a policy for tactics on one state.

    `tactics_before` are the tactics from the root to here; `attempt` counts earlier requests for this same state,
    so that a re-expansion can bring fresh samples; `errors` are (tactic, message) pairs that Lean refused here.
    """

    theorem: Theorem
    state: ProofState
    tactics_before: tuple[str, ...] = ()
    num_samples: int = 32
    temperature: float = 0.7
    seed: int = 0
    attempt: int = 0
    premises: tuple[Premise, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposed tactic. `log_prob` is the sum over its `num_tokens` tokens; `count` how often it was drawn.

    `factor` is what its proposer makes of this instance beside others of the same `origin`, in (0, 1]; `propensity` the
    chance with which it was chosen to be run, where a search that collects left that to chance.
    """

    tactic: str
    log_prob: LogProb
    num_tokens: int = 1
    count: int = 1
    limits: TacticLimits | None = None
    origin: str = ""
    factor: float = 1.0
    propensity: float = 1.0


class Environment(Protocol):
    """One theorem opened for search. Implementations own replay: a path is always enough to name a state."""

    @property
    def root(self) -> ProofState:
        """The state before any tactic."""
        ...

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        """Run each call on the state at `path`, independently; one outcome per call, in order.

        Process faults come back as `Crashed`, never as an exception.
        """
        ...

    def stream(
        self, path: Path, calls: Sequence[TacticCall], left_s: float = math.inf
    ) -> AsyncGenerator[Sequence[Outcome], None]:
        """As `apply`, but outcomes come a few at a time, in order. A caller that stops iterating keeps the remaining
        calls from being run.

        Shortly before `left_s` seconds are over the running calls are interrupted: the outcomes so far are given, and
        the stream ends early.
        """
        ...

    async def premises(self, path: Path, limit: int) -> Sequence[Premise]:
        """At most `limit` lemmas for the first goal of the state, best first; then the definitions it mentions.

        Empty if unsupported.
        """
        ...

    async def close(self) -> None:
        """Release every state held for this theorem. Safe to call twice."""
        ...


class Policy(Protocol):
    """Proposes tactics. Batches across theorems; duplicates within one answer are already merged."""

    @property
    def num_premises(self) -> int:
        """How many premises the policy wants with each request; 0 for none."""
        ...

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        """Candidates for each request, most likely first."""
        ...


class Critic(Protocol):
    """Estimates how close states are to finished. A state without goals is 1 by definition and never asked for."""

    async def score(self, theorem: Theorem, states: Sequence[ProofState]) -> Sequence[Value]:
        """One value per state, in order."""
        ...
