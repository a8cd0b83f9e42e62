"""Several searches for one theorem behind the interface of one: each has its own rule, all share a budget.

The InternLM2.5-StepProver paper (arXiv 2410.15700) combines best-first and critic-guided search in this way: each rule
by itself, with equal shares of the expansions and without mixing scores.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeAlias

from search.base import Candidate, Outcome, Path, ProofState, TacticCall, Theorem, Value
from search.budget import Budget, Spent, StopReason
from search.commands import Command, MoreTime, Typed
from search.engine import Search
from search.events import Event, Planned, Started, Wanted
from search.expansion import Expansion, SearchOptions
from search.experience import Experience
from search.partial import Partial
from search.result import SearchResult, Statistics
from search.rules import Rule


class SideBySide:
    """A search for each of `rules`, with a seed of its own; the first proof ends all. `budget` limits them together.

    It is driven as `Search` is: every method does for all searches together what the same method of `Search` does.
    """

    def __init__(
        self,
        theorem: Theorem,
        root: ProofState,
        *,
        rules: Sequence[Rule],
        budget: Budget,
        options: SearchOptions | None = None,
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
        record: Callable[[Event], None] | None = None,
        experience: Experience | None = None,
    ) -> None:
        self.theorem = theorem
        self.root = root
        self.budget = budget
        self._seed = seed
        self._clock = clock
        self._started = clock()
        self._record = record
        numbers = itertools.count()
        self._searches = [
            Search(
                theorem,
                root,
                rule=rule,
                budget=Budget(),
                options=options,
                seed=pass_seed(seed, number),
                clock=clock,
                numbers=numbers,
                record=self._record_of_one if record is not None else None,
                experience=experience,
            )
            for number, rule in enumerate(rules)
        ]
        self._note(Started(theorem.name, root, self.settings()))

    def settings(self) -> dict[str, str]:
        return {**self._searches[0].settings(), "strategy": self._words, "seed": str(self._seed)}

    @property
    def _words(self) -> str:
        return "+".join(search.rule.word for search in self._searches)

    # ------------------------------------------------------------------------------------------------ planning

    def plan(self, limit: int) -> list[Expansion]:
        """At most `limit` expansions; the search that has had the fewest comes first."""
        planned: list[Expansion] = []
        is_stuck = False
        while len(planned) < limit and not is_stuck and self.done is None:
            is_stuck = True
            for search in sorted(self._searches, key=lambda search: search.spent.expansions):
                if len(planned) < limit and self._limit_reached() is None:
                    expansions = search.plan(1)
                    planned += expansions
                    is_stuck = is_stuck and not expansions
        if planned:
            self._note(Planned(tuple(e.id for e in planned), tuple(e.node.index for e in planned)))
        return planned

    def unscored(self) -> list[tuple[int, ProofState]]:
        """The states that wait for a value, of all searches that are under way."""
        under_way = [search for search in self._searches if search.done is None or search.in_flight]
        return [item for search in under_way for item in search.unscored()]

    def open_states(self, limit: int) -> list[ProofState]:
        return [state for search in self._searches for state in search.open_states(limit)]

    def is_wanted(self, expansion_id: int) -> bool:
        return self._winner() is None and any(search.is_wanted(expansion_id) for search in self._searches)

    def flying(self, expansion_id: int) -> Expansion:
        return self._owner(expansion_id).flying(expansion_id)

    def is_in_flight(self, expansion_id: int) -> bool:
        return any(search.is_in_flight(expansion_id) for search in self._searches)

    @property
    def done(self) -> StopReason | None:
        if self._winner() is not None:
            return StopReason.PROVED
        limit = self._limit_reached()
        if limit is StopReason.WALL_TIME:
            return limit
        if any(search.in_flight for search in self._searches):
            return None
        if limit is not None:
            return limit
        return StopReason.EXHAUSTED if all(search.done is not None for search in self._searches) else None

    def reject(self) -> None:
        winner = self._winner()
        if winner is None:
            raise ValueError("no search has a proof")
        winner.reject()

    def want_below(self, count: int | None) -> None:
        self._note(Wanted(count))
        for search in self._searches:
            search.want_below(count)

    def steer(self, command: Command) -> None:
        """As `Search.steer`, in every search that can; a typed tactic only in the first that has its state."""
        _ = self.done
        if isinstance(command, MoreTime):
            self.budget = self.budget.longer(command.seconds)
        elif isinstance(command, Typed):
            self._having(command.state).steer(command)
        else:
            self._steer_each(command)
        self._note(command)

    def path_to(self, key: str) -> Path:
        return self._having(key).path_to(key)

    def pass_over(self, seconds: float) -> None:
        self._started += seconds

    @property
    def typed(self) -> Expansion | None:
        return max(
            (search.typed for search in self._searches if search.typed is not None),
            key=lambda expansion: expansion.id,
            default=None,
        )

    @property
    def spent(self) -> Spent:
        """The sum of what the searches have used; wall-clock time is counted once."""
        total = Spent()
        for search in self._searches:
            total.add(search.spent)
        total.wall_s = self._clock() - self._started
        return total

    def partial(self) -> Partial | None:
        """The best of the searches' unfinished proofs."""
        found = [partial for search in self._searches if (partial := search.partial()) is not None]
        return max(found, key=lambda partial: partial.gain, default=None)

    def result(self) -> SearchResult:
        """The proof of the search that has one, the sums over all, and the best of their values and shares."""
        results = [search.result() for search in self._searches]
        statistics = Statistics()
        for result in results:
            statistics.add(result.statistics)
        return SearchResult(
            name=self.theorem.name,
            strategy=self._words,
            stop_reason=self.done,
            proof=next((result.proof for result in results if result.proof is not None), None),
            spent=self.spent,
            statistics=statistics,
            value=max((result.value for result in results if result.value is not None), default=None),
            proven_share=max(result.proven_share for result in results),
        )

    # ----------------------------------------------------------------------------------------------- absorbing

    def absorb_candidates(self, expansion_id: int, candidates: Sequence[Candidate]) -> list[TacticCall]:
        return self._owner(expansion_id).absorb_candidates(expansion_id, candidates)

    def absorb_outcomes(self, expansion_id: int, outcomes: Sequence[Outcome]) -> None:
        self._owner(expansion_id).absorb_outcomes(expansion_id, outcomes)

    def absorb_values(self, values: Sequence[tuple[int, Value]]) -> None:
        for number, value in values:
            self._owner(number, Search.awaits).absorb_values([(number, value)])

    def abandon(self, expansion_id: int) -> None:
        self._owner(expansion_id).abandon(expansion_id)

    # ----------------------------------------------------------------------------------------------- internals

    def _having(self, key: str) -> Search:
        for search in self._searches:
            with suppress(ValueError):
                search.path_to(key)
                return search
        raise ValueError("the search has no such state")

    def _steer_each(self, command: Command) -> None:
        refusals = []
        for search in self._searches:
            try:
                search.steer(command)
            except ValueError as error:
                refusals.append(error)
        if len(refusals) == len(self._searches):
            raise refusals[0]

    def _owner(self, number: int, knows: Callable[[Search, int], bool] = Search.is_in_flight) -> Search:
        for search in self._searches:
            if knows(search, number):
                return search
        raise KeyError(number)

    def _winner(self) -> Search | None:
        return next((search for search in self._searches if search.done is StopReason.PROVED), None)

    def _limit_reached(self) -> StopReason | None:
        return self.spent.limit_reached(self.budget)

    def _note(self, event: Event) -> None:
        if self._record is not None:
            self._record(event)

    def _record_of_one(self, event: Event) -> None:
        """Record an event of one search, unless it happens to all searches together."""
        if not isinstance(event, Started | Planned | Wanted | Command):
            self._note(event)


def pass_seed(seed: int, number: int) -> int:
    """The seed of pass `number`, different for every pass and for every `seed`."""
    return seed * 10_007 + number


AnySearch: TypeAlias = Search | SideBySide
"""What a driver drives."""
