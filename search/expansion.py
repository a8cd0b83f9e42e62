"""One node's expansion, as a driver is handed it, and the options by which a search samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from search.base import Candidate, Path, Premise, ProofState, ProposalRequest, TacticLimits, Theorem
from search.collecting import USUAL, draw
from search.graph import Graph
from search.nodes import Edge, Node

_MAX_ERRORS = 8


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How a search samples.

    The policy is asked for `num_samples` candidates at `temperature`. It is asked about a state up to `max_attempts`
    times, with the errors so far, as long as its last answer held a new tactic. The first `max_tactics` candidates of
    an answer are run, at most `piece` at a time: after a piece the state returns to the strategy, ranked by the
    likeliest remaining candidate, until its turn comes again. States deeper than `max_depth` tactics are not expanded.
    `limits` hold for every tactic whose candidate has none. `probes` are run in the first expansion of every state, in
    addition to the policy's `max_tactics`. Of the states, the share `collect` is tried whole when it is first expanded
    (`search.collecting`).
    """

    num_samples: int = 32
    temperature: float = 0.7
    max_attempts: int = 1
    max_tactics: int | None = None
    piece: int | None = None
    max_depth: int | None = None
    limits: TacticLimits = field(default_factory=TacticLimits)
    probes: tuple[Candidate, ...] = ()
    collect: float = 0.0


@dataclass(frozen=True, slots=True)
class Setting:
    """What all expansions of one search share."""

    graph: Graph
    theorem: Theorem
    options: SearchOptions
    seed: int


class Expansion:
    """The expansion of one node: all that a driver needs to ask a policy and to find the state in Lean. Read only.

    `id` names the expansion to the search. `priority` is the strategy's number for the node when it was chosen. `given`
    are candidates that are known already: hand them to `absorb_candidates` without asking the policy. `draw` is what
    chance decided for the state, where the search collects.
    The search keeps its own records here: `candidates`, one for each call handed out; `answered`, the number of calls
    with an outcome; `edges`, the edges that the outcomes added; `unscored`, the number of new nodes without a value.
    """

    __slots__ = (
        "_setting",
        "answered",
        "candidates",
        "draw",
        "edges",
        "given",
        "id",
        "node",
        "priority",
        "unscored",
    )

    def __init__(self, identity: int, node: Node, setting: Setting, priority: float) -> None:
        self._setting = setting
        self.candidates: list[Candidate] = []
        self.answered = 0
        self.edges: list[Edge] = []
        self.unscored = 0
        self.id = identity
        self.node = node
        self.priority = priority
        self.given = None if node.rest is None else tuple(node.rest)
        share = setting.options.collect
        is_drawn = share and self.given is None and node.attempts == 0
        self.draw = draw(share, f"{setting.seed}/{node.index}") if is_drawn else USUAL

    @property
    def state(self) -> ProofState:
        """The state to be expanded."""
        return self.node.state

    @property
    def path(self) -> Path:
        """The best path known now; it is computed at each call, and may get better while the expansion is in flight."""
        return self._setting.graph.path(self.node)

    def request(self, premises: Sequence[Premise] = ()) -> ProposalRequest:
        """The request to put to the policy."""
        node, setting, options = self.node, self._setting, self._setting.options
        return ProposalRequest(
            theorem=setting.theorem,
            state=node.state,
            tactics_before=tuple(step.tactic for step in self.path),
            num_samples=self.draw.wanted(options.num_samples),
            temperature=options.temperature,
            seed=(setting.seed * 1_000_003 + node.index * 8_191 + node.attempts) % (1 << 31),
            attempt=node.attempts,
            premises=tuple(premises),
            errors=tuple(list((node.tried or {}).items())[-_MAX_ERRORS:]),
        )
