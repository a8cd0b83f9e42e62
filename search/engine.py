"""One search as a machine without I/O: it plans expansions and absorbs answers, in any order and any number at once.

A driver asks `plan` for work, gets candidates from a policy, hands them to `absorb_candidates`, runs the calls that
come back in Lean, hands the outcomes to `absorb_outcomes`, and, if the strategy wants values, the critic's to
`absorb_values`. Equal answers in equal order give equal searches. `docs/search.md` shows the loop.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace

from search.answers import Answers
from search.base import (
    Advanced,
    Candidate,
    LogProb,
    Outcome,
    Path,
    ProofState,
    Proved,
    TacticCall,
    Theorem,
    Value,
)
from search.budget import Budget, Spent, StopReason
from search.candidates import distinct
from search.commands import Command, MoreTime, Typed
from search.eligibility import Gate
from search.events import Abandoned, Applied, Event, Overruled, Planned, Proposed, Scored, Started, Wanted
from search.expansion import Expansion, SearchOptions, Setting
from search.experience import Experience
from search.extract import closing, extract
from search.flights import Flights
from search.graph import Graph
from search.nodes import DEAD, OPEN, PROVEN, Node
from search.partial import Partial, best_partial
from search.result import SearchResult, Statistics, best_value_and_proven_share
from search.rules import Rule
from search.steered import Steered, carry_out, known


class Search:
    """The search for one theorem's proof. Not thread-safe; one driver task owns it."""

    def __init__(
        self,
        theorem: Theorem,
        root: ProofState,
        *,
        rule: Rule,
        budget: Budget,
        options: SearchOptions | None = None,
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
        numbers: Iterator[int] | None = None,
        record: Callable[[Event], None] | None = None,
        experience: Experience | None = None,
    ) -> None:
        """`numbers` are handed out as ids; searches that share one never use an id twice. `record` is told of every
        event; with them `search.replay` makes the search again. `experience` orders the calls of each expansion and
        learns from their outcomes. The attribute `typed` is the expansion that stands for the last tactic that a person
        typed."""
        self.theorem = theorem
        self.rule = rule
        self.strategy = strategy = Steered(rule.strategy())
        self.budget = budget
        self.options = options if options is not None else SearchOptions()
        self.seed = seed
        self._num_overruled = 0
        self.graph = Graph(root, path_score=strategy.path_score)
        self._setting = Setting(self.graph, theorem, self.options, seed)
        self._clock = clock
        self._started = clock()
        self._numbers = numbers if numbers is not None else itertools.count()
        self._spent = Spent()
        self._record = record
        self.typed: Expansion | None = None
        self._answers = Answers(self.graph, self.options, experience=experience)
        if record is not None:
            record(Started(theorem.name, root, self.settings()))
        strategy.start(self.graph)
        self.gate = Gate(self.graph, strategy, self.options, numbers=self._numbers)
        self.gate.enter(self.graph.root, None)
        self._flights = Flights(self.graph, self.gate, strategy, max_attempts=self.options.max_attempts)

    # ------------------------------------------------------------------------------------------------ planning

    def plan(self, limit: int) -> list[Expansion]:
        """At most `limit` nodes to expand now. Fewer, or none, while expansions in flight have to end first."""
        planned: list[Expansion] = []
        while len(planned) < limit and self.graph.root.status is OPEN and self._limit_reached() is None:
            node = self.strategy.select()
            if node is None:
                if planned or self._flights or self.gate.unscored or not self.gate.has_next():
                    break
                continue
            expansion = self._expansion(node)
            self._flights.begin(expansion)
            self._spent.expansions += expansion.given is None
            planned.append(expansion)
        if planned and self._record is not None:
            self._record(Planned(tuple(e.id for e in planned), tuple(e.node.index for e in planned)))
        return planned

    @property
    def root(self) -> ProofState:
        """The state that is to be proved."""
        return self.graph.root.state

    def settings(self) -> dict[str, str]:
        """The settings, as text for records: searches of one root with equal settings and equal answers are equal."""
        options = {item.name: str(getattr(self.options, item.name)) for item in fields(self.options)}
        return {"strategy": self.rule.word, "seed": str(self.seed), **options}

    def unscored(self) -> list[tuple[int, ProofState]]:
        """The new nodes that wait for a critic's value, as (id, state)."""
        return [(number, node.state) for number, (node, _) in self.gate.unscored.items()]

    def open_states(self, limit: int) -> list[ProofState]:
        """The likeliest states that are still to be proved, at most `limit` of them."""
        nodes = [node for node in self.graph.nodes if node.status is OPEN and node.is_relevant]
        return [node.state for node in heapq.nlargest(limit, nodes, key=lambda node: node.cost.log_prob)]

    def awaits(self, number: int) -> bool:
        """Whether the value of that id is missing."""
        return number in self.gate.unscored

    def is_wanted(self, expansion_id: int) -> bool:
        """Whether the answer to an expansion could still help; if not, a driver may `abandon` it."""
        return self._flights.is_wanted(expansion_id)

    def flying(self, expansion_id: int) -> Expansion:
        """The expansion of that id. Raises KeyError if it has ended."""
        return self._flights[expansion_id]

    @property
    def flying_nodes(self) -> list[Node]:
        """The nodes that are being expanded."""
        return [expansion.node for expansion in self._flights.values()]

    def is_in_flight(self, expansion_id: int) -> bool:
        """Whether an expansion has been planned and has not ended."""
        return expansion_id in self._flights

    @property
    def in_flight(self) -> int:
        """How many expansions have been planned and neither absorbed nor abandoned."""
        return len(self._flights)

    @property
    def done(self) -> StopReason | None:
        """Why the search has nothing more to do, or None while it has.

        Wall-clock time ends the search at once; the other limits let expansions in flight end first. Answers that come
        later are still absorbed, and may turn the reason into `PROVED`.
        """
        root = self.graph.root
        if root.status is PROVEN:
            return StopReason.PROVED
        if root.status is not OPEN:
            return StopReason.EXHAUSTED
        limit = self._limit_reached()
        if limit is StopReason.WALL_TIME:
            return limit
        if self._flights or self.gate.unscored:
            return None
        if not self.gate.has_next():
            return None if self.gate.unscored else StopReason.EXHAUSTED
        return limit

    def reject(self) -> None:
        """Take back the proof that `result` returns, and continue towards another one: the judge did not accept it, or
        a shorter one is wanted.

        Lean accepted every step, so nothing tells which one is at fault. The tactics that close goals are removed from
        the graph and not tried again at their states. Raises ValueError if there is no proof.
        """
        edges = closing(self.graph)
        if self._record is not None:
            self._record(Overruled())
        self._num_overruled += 1
        self.graph.retract(edges)
        self.gate.start_over()

    def want_below(self, count: int | None) -> None:
        """Look only for proofs of fewer than `count` tactics from now on; for proofs of any length if it is None."""
        if self._record is not None:
            self._record(Wanted(count))
        self.gate.want_below(count)

    def steer(self, command: Command) -> None:
        """Carry out a person's command; ValueError, with the reason, for one that can't be, which changes nothing."""
        _ = self.done  # as before every event: with nothing else left a search lets held nodes in
        match command:
            case MoreTime(seconds=seconds):
                self.budget = self.budget.longer(seconds)
            case Typed(state=key):
                self._absorb_typed(known(self.graph, key)[0], command)
            case _:
                carry_out(command, self.graph, self.gate.region, self.strategy)
                self.gate.redraw()
        self.gate.reconsider()
        if self._record is not None:
            self._record(command)

    def path_to(self, key: str) -> Path:
        """The path on which a person's tactic at the state of that key is run. Raises ValueError if there is none."""
        return self.graph.path(known(self.graph, key)[0])

    def pass_over(self, seconds: float) -> None:
        """Don't count these seconds of wall-clock time: the search was made to wait."""
        self._started += seconds

    @property
    def spent(self) -> Spent:
        """The part of the budget that has been used so far."""
        self._spent.wall_s = self._clock() - self._started
        return self._spent

    @property
    def statistics(self) -> Statistics:
        """The counts up to now."""
        return replace(
            self._answers.counts,
            refused=dict(self._answers.counts.refused),
            equivalents=self.gate.num_held,
            too_deep=len(self.gate.too_deep),
            abandoned=self._flights.num_abandoned,
            overruled=self._num_overruled,
            nodes=len(self.graph.nodes),
            depth=self.gate.depth,
        )

    def partial(self) -> Partial | None:
        """The best unfinished proof in the graph; None if nothing in it closes a goal, or the root is proven."""
        return best_partial(self.graph)

    def result(self) -> SearchResult:
        """The result so far, with the shortest proof in the graph if there is one."""
        value, share = best_value_and_proven_share(self.graph)
        return SearchResult(
            name=self.theorem.name,
            strategy=self.rule.word,
            stop_reason=self.done,
            proof=extract(self.graph) if self.graph.root.status is PROVEN else None,
            spent=self.spent,
            statistics=self.statistics,
            value=value,
            proven_share=share,
        )

    # ----------------------------------------------------------------------------------------------- absorbing

    def absorb_candidates(self, expansion_id: int, candidates: Sequence[Candidate]) -> list[TacticCall]:
        """Take the policy's answer; return the calls to run on the expansion's path, in this order.

        Repeated tactics and tactics that were tried here before are left out, and the tactic budget is kept. An empty
        list ends the expansion: it has no outcomes to absorb. If the expansion has `given` candidates, they are used
        instead of `candidates`.
        """
        expansion = self._flights[expansion_id]
        if not self._flights.is_wanted(expansion_id):
            fresh: list[Candidate] = []
            self._flights.give_back(expansion)
        else:
            given = expansion.given
            if given is None:
                for candidate in candidates:
                    self._spent.tokens += candidate.num_tokens * candidate.count
            fresh = self._answers.fresh(expansion, candidates) if given is None else list(given)
            offers = self.gate.take_offers(expansion.node)
            if offers:
                fresh, _ = distinct([*offers, *fresh], tried=())
            fresh = self._cut(expansion, fresh)
        if self._record is not None:
            calls = tuple(c.tactic for c in fresh) if self._answers.are_ordered else ()
            self._record(Proposed(expansion_id, tuple(candidates) if expansion.given is None else (), calls))
        expansion.candidates = fresh
        self._spent.tactics += len(fresh)
        default = self.options.limits
        return [TacticCall(c.tactic, c.limits or default) for c in fresh]

    def _cut(self, expansion: Expansion, fresh: list[Candidate]) -> list[Candidate]:
        """The candidates to run now; the rest stays with the node. The expansion ends if there are none."""
        now = len(fresh) if self.options.piece is None or expansion.draw.is_whole else self.options.piece
        if self.budget.tactics is not None:
            now = min(now, max(0, self.budget.tactics - self._spent.tactics))
        expansion.node.rest = fresh[now:] or None
        if fresh and not now:
            self._flights.give_back(expansion)
        elif not fresh:
            self._flights.finish(expansion)
        return fresh[:now]

    def absorb_outcomes(self, expansion_id: int, outcomes: Sequence[Outcome]) -> None:
        """Take the outcomes of an expansion's next calls, in the order of the calls; all at once or piece by piece.

        New states that need a critic's value are `unscored` from then on. Raises ValueError if there are more outcomes
        than calls.
        """
        expansion = self._flights[expansion_id]
        candidates = expansion.candidates
        first = expansion.answered
        answered = first + len(outcomes)
        if answered > len(candidates):
            raise ValueError(f"expansion {expansion_id}: more outcomes than the {len(candidates)} calls")
        if self._record is not None:
            self._record(Applied(expansion_id, tuple(outcomes)))
        new: list[Node] = []
        for offset, outcome in enumerate(outcomes):
            self._spent.lean_s += outcome.lean_s
            new += self._answers.absorb(expansion, candidates[first + offset], outcome, place=first + offset)
        expansion.answered = answered
        for node in new:
            self.gate.enter(node, expansion)
        if self.gate.pruned:
            self.gate.let_in()
        if answered == len(candidates):
            self._flights.finish(expansion)
        else:
            self.gate.reconsider()

    def absorb_values(self, values: Sequence[tuple[int, Value]]) -> None:
        """Take the critic's values, as (id, value); the nodes can be expanded from now on."""
        if values and self._record is not None:
            self._record(Scored(tuple(values)))
        for number, value in values:
            expansion = self.gate.take_value(number, value)
            if expansion is not None:
                expansion.unscored -= 1
                self._flights.tell_if_over(expansion)

    def abandon(self, expansion_id: int) -> None:
        """End an expansion without its remaining outcomes: after a fault, or when it can't help any more.

        The node can be expanded again if it is still wanted; the budget that it used stays used.
        """
        expansion = self._flights[expansion_id]
        if self._record is not None:
            self._record(Abandoned(expansion_id))
        self._flights.give_back(expansion)

    # ----------------------------------------------------------------------------------------------- internals

    def _expansion(self, node: Node) -> Expansion:
        return Expansion(next(self._numbers), node, self._setting, self.strategy.priority(node))

    def _absorb_typed(self, node: Node, command: Typed) -> None:
        """Take in a person's tactic as an expansion of its own, whatever the policy does at the node."""
        if not isinstance(command.outcome, Advanced | Proved):
            raise ValueError("Lean did not accept the tactic")
        was_dead = node.status is DEAD
        candidate = Candidate(command.tactic, LogProb(0.0), origin="typed")
        self.typed = expansion = self._expansion(node)
        expansion.candidates = [candidate]
        self._spent.tactics += 1
        new = self._answers.absorb(expansion, candidate, command.outcome)
        if was_dead:
            self.graph.retract(())
        for found in new:
            self.gate.enter(found, None)
        self.gate.let_in()

    def _limit_reached(self) -> StopReason | None:
        if self.budget.wall_s is not None:
            self._spent.wall_s = self._clock() - self._started
        return self._spent.limit_reached(self.budget)
