"""What a driver is handed to expand one node, and how a search samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from search.base import Candidate, Path, Premise, ProofState, ProposalRequest, TacticLimits, Theorem
from search.nodes import Edge, Node
from search.tree import Graph

_MAX_ERRORS = 8


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How a search samples.

    `num_samples` candidates are asked for at `temperature`. A state may be asked for `max_attempts` times, each time
    for fresh samples and with the errors so far, as long as the last answer held something new. At most
    `max_tactics` candidates of one answer are run, the policy's first, and of these no more than `piece` at a time:
    then the state goes back among the others, ranked by the likeliest of the rest, until its turn comes again. States
    deeper than `max_depth` tactics are not expanded. `limits` hold for every tactic whose candidate brings none.
    `probes` are run at every state in its first expansion beside what the policy says; they are not among the
    `max_tactics`.
    """

    num_samples: int = 32
    temperature: float = 0.7
    max_attempts: int = 1
    max_tactics: int | None = None
    piece: int | None = None
    max_depth: int | None = None
    limits: TacticLimits = field(default_factory=TacticLimits)
    probes: tuple[Candidate, ...] = ()


class Expansion:
    """A node to be expanded: what a driver needs to ask a policy and to find the state in Lean. Read only.

    `id` is what the search knows it by, `node` what is expanded. `given` are candidates that are known already: the
    policy need not be asked, hand them to `absorb_candidates`.
    The search keeps in it: `candidates`, the calls handed out; `answered`, how many have their outcome; `edges`, what
    they brought; `unscored`, how many new nodes wait for a value.
    """

    __slots__ = (
        "_graph",
        "_options",
        "_seed",
        "_theorem",
        "answered",
        "candidates",
        "edges",
        "given",
        "id",
        "node",
        "unscored",
    )

    def __init__(
        self, identity: int, node: Node, graph: Graph, *, theorem: Theorem, options: SearchOptions, seed: int
    ) -> None:
        self._graph = graph
        self._theorem = theorem
        self._options = options
        self._seed = seed
        self.candidates: list[Candidate] = []
        self.answered = 0
        self.edges: list[Edge] = []
        self.unscored = 0
        self.id = identity
        self.node = node
        self.given = None if node.rest is None else tuple(node.rest)

    @property
    def state(self) -> ProofState:
        """The state to be expanded."""
        return self.node.state

    @property
    def path(self) -> Path:
        """The best path known now; it is computed at each call, and may get better while the expansion is in flight."""
        return self._graph.path(self.node)

    def request(self, premises: Sequence[Premise] = ()) -> ProposalRequest:
        """What to ask the policy."""
        node, options = self.node, self._options
        return ProposalRequest(
            theorem=self._theorem,
            state=node.state,
            tactics_before=tuple(step.tactic for step in self.path),
            num_samples=options.num_samples,
            temperature=options.temperature,
            seed=(self._seed * 1_000_003 + node.index * 8_191 + node.attempts) % (1 << 31),
            attempt=node.attempts,
            premises=tuple(premises),
            errors=tuple(list((node.tried or {}).items())[-_MAX_ERRORS:]),
        )
