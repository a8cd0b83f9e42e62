"""Several separate searches for one theorem behind the interface of one: passes, and best-first + critic-guided.

This is how the InternLM2.5-StepProver paper (arXiv 2410.15700) spends its budget P x S x K: P passes, each a search of
its own with S samples a state and K expansions; "BF+CG" gives half of the passes to each rule and mixes no scores.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import TypeAlias

from search.base import Candidate, Outcome, ProofState, TacticCall, Theorem
from search.budget import Budget, Spent, StopReason
from search.engine import Search
from search.events import Event, Planned, Started, Wanted
from search.expansion import Expansion, SearchOptions
from search.experience import Experience
from search.result import SearchResult, Statistics, notation
from search.rules import Rule


class Combined:
    """Passes over one theorem, `at_once` of them at a time; the first proof ends all.

    The passes take turns at `rules`. Pass i samples at `temperatures[i]`, the last one repeated, with a seed of
    its own. `per_pass` limits each pass, `budget` all together. A pass that has ended gives its graph back, except the
    one that found the proof. Otherwise everything is as in `Search`.
    """

    def __init__(
        self,
        theorem: Theorem,
        root: ProofState,
        *,
        rules: Sequence[Rule],
        passes: int,
        per_pass: Budget,
        budget: Budget,
        options: SearchOptions,
        temperatures: Sequence[float] = (),
        at_once: int = 1,
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
        record: Callable[[Event], None] | None = None,
        experience: Experience | None = None,
    ) -> None:
        if passes < 1 or at_once < 1 or not rules:
            raise ValueError("a combined search needs a rule, a pass, and room for one at a time")
        self.theorem = theorem
        self.root = root
        self.budget = budget
        self.options = options
        self.seed = seed
        self._rules = tuple(rules)
        self._passes = passes
        self._per_pass = per_pass
        self._temperatures = tuple(temperatures)
        self._at_once = at_once
        self._clock = clock
        self._started = clock()
        self._numbers = itertools.count()
        self._waiting = iter(range(passes))
        self._record = record
        self._experience = experience
        if record is not None:
            record(Started(theorem.name, root, self.settings()))
        self._active: list[Search] = []
        self._owners: dict[int, Search] = {}
        self._spent = Spent()
        self._statistics = Statistics()
        self._cancelled = False
        self._last_reason = StopReason.EXHAUSTED
        self._refill()

    def settings(self) -> dict[str, str]:
        """As in `Search`."""
        options = {item.name: str(getattr(self.options, item.name)) for item in fields(self.options)}
        return {
            "strategy": self.strategy_name,
            "passes": f"{self._passes}, {self._at_once} at once",
            "temperatures": ", ".join(f"{value:g}" for value in self._temperatures),
            "seed": str(self.seed),
            **options,
        }

    @property
    def strategy_name(self) -> str:
        """The rules that the passes take turns at."""
        return "+".join(dict.fromkeys(rule.word for rule in self._rules))

    # ------------------------------------------------------------------------------------------------ planning

    @property
    def needs_values(self) -> bool:
        """Whether a pass that is under way wants values."""
        return any(search.needs_values for search in self._active)

    def plan(self, limit: int) -> list[Expansion]:
        """At most `limit` expansions, from the passes under way; the one that has had the fewest comes first."""
        planned: list[Expansion] = []
        is_stuck = False
        while len(planned) < limit and not is_stuck and self.done is None:
            is_stuck = True
            for search in sorted(self._active, key=lambda search: search.spent.expansions):
                if len(planned) < limit and self._limit_reached() is None:
                    for expansion in search.plan(1):
                        self._owners[expansion.id] = search
                        planned.append(expansion)
                        is_stuck = False
        if planned and self._record is not None:
            self._record(Planned(tuple(e.id for e in planned), tuple(e.node.index for e in planned)))
        return planned

    def unscored(self) -> list[tuple[int, ProofState]]:
        """The states that wait for a value, of all passes under way."""
        return [self._owned(search, item) for search in self._active for item in search.unscored()]

    def open_states(self, limit: int) -> list[ProofState]:
        """As in `Search`, of the passes under way."""
        return [state for search in self._active for state in search.open_states(limit)]

    def is_wanted(self, expansion_id: int) -> bool:
        """As in `Search`; nothing is wanted any more once a proof is there."""
        owner = self._owners.get(expansion_id)
        return owner is not None and self._winner() is None and owner.is_wanted(expansion_id)

    def flying(self, expansion_id: int) -> Expansion:
        """As in `Search`."""
        return self._owners[expansion_id].flying(expansion_id)

    def is_in_flight(self, expansion_id: int) -> bool:
        """As in `Search`."""
        owner = self._owners.get(expansion_id)
        return owner is not None and owner.is_in_flight(expansion_id)

    @property
    def in_flight(self) -> int:
        """Expansions in flight in all passes."""
        return sum(search.in_flight for search in self._active)

    @property
    def done(self) -> StopReason | None:
        """As in `Search`. Ends with the last pass, for that pass's reason, unless the budget for all ended it."""
        if self._winner() is not None:
            return StopReason.PROVED
        if self._cancelled:
            return StopReason.CANCELLED
        limit = self._limit_reached()
        if limit is StopReason.WALL_TIME:
            return limit
        if limit is not None:
            return None if any(search.in_flight for search in self._active) else limit
        return None if self._active else self._last_reason

    def cancel(self) -> None:
        """Stop at once."""
        self._cancelled = True

    def reject(self) -> None:
        """As in `Search`: the pass that found the proof goes on to another one."""
        winner = self._winner()
        if winner is None:
            raise ValueError("no pass has a proof")
        winner.reject()
        self._refill()

    def want_below(self, count: int | None) -> None:
        """As in `Search`, for the passes under way."""
        if self._record is not None:
            self._record(Wanted(count))
        for search in self._active:
            search.want_below(count)
        self._refill()

    @property
    def spent(self) -> Spent:
        """What all passes have used; the wall-clock time is that of the whole."""
        total = Spent()
        for spent in (self._spent, *(search.spent for search in self._active)):
            total.add(spent)
        total.wall_s = self._clock() - self._started
        return total

    def result(self) -> SearchResult:
        """The winner's proof, and the sums over all passes."""
        winner = self._winner()
        running = [search.result() for search in self._active]
        statistics = replace(self._statistics, refused=dict(self._statistics.refused))
        for result in running:
            statistics.add(result.statistics)
        return SearchResult(
            name=self.theorem.name,
            strategy=self.strategy_name,
            stop_reason=self.done,
            proof=winner.result().proof if winner is not None else None,
            spent=self.spent,
            statistics=statistics,
            notation=notation(self._passes, self.options.num_samples, self._per_pass),
            value=max((result.value for result in running if result.value is not None), default=None),
            proven_share=max((result.proven_share for result in running), default=0.0),
        )

    # ----------------------------------------------------------------------------------------------- absorbing

    def absorb_candidates(self, expansion_id: int, candidates: Sequence[Candidate]) -> list[TacticCall]:
        """As in `Search`."""
        calls = self._owners[expansion_id].absorb_candidates(expansion_id, candidates)
        self._refill()
        return calls

    def absorb_outcomes(self, expansion_id: int, outcomes: Sequence[Outcome]) -> list[tuple[int, ProofState]]:
        """As in `Search`."""
        owner = self._owners[expansion_id]
        new = [self._owned(owner, item) for item in owner.absorb_outcomes(expansion_id, outcomes)]
        self._refill()
        return new

    def absorb_values(self, values: Sequence[tuple[int, float]]) -> None:
        """As in `Search`."""
        if any(number not in self._owners for number, _ in values):
            self.unscored()  # says whose they are
        for number, value in values:
            self._owners[number].absorb_values([(number, value)])
        self._refill()

    def abandon(self, expansion_id: int) -> None:
        """As in `Search`."""
        self._owners[expansion_id].abandon(expansion_id)
        self._refill()

    # ----------------------------------------------------------------------------------------------- internals

    def _owned(self, owner: Search, item: tuple[int, ProofState]) -> tuple[int, ProofState]:
        self._owners[item[0]] = owner
        return item

    def _winner(self) -> Search | None:
        return next((search for search in self._active if search.done is StopReason.PROVED), None)

    def _limit_reached(self) -> StopReason | None:
        return self.spent.limit_reached(self.budget)

    def _refill(self) -> None:
        """Put passes that have ended away, and begin the next: after each event, so that ids follow from the events."""
        if self._winner() is not None or self._limit_reached() is not None:
            return
        for search in [search for search in self._active if search.done is not None and not search.in_flight]:
            self._last_reason = search.done or self._last_reason
            self._spent.add(search.spent)
            self._statistics.add(search.result().statistics)
            self._active.remove(search)
            self._owners = {number: owner for number, owner in self._owners.items() if owner is not search}
        while len(self._active) < self._at_once and (number := next(self._waiting, None)) is not None:
            self._active.append(self._begin(number))

    def _begin(self, number: int) -> Search:
        options = self.options
        if self._temperatures:
            temperature = self._temperatures[min(number, len(self._temperatures) - 1)]
            options = replace(options, temperature=temperature)
        return Search(
            self.theorem,
            self.root,
            rule=self._rules[number % len(self._rules)],
            budget=self._per_pass,
            options=options,
            seed=pass_seed(self.seed, number),
            clock=self._clock,
            numbers=self._numbers,
            record=self._record_of_pass if self._record is not None else None,
            experience=self._experience,
        )

    def _record_of_pass(self, event: Event) -> None:
        """What happens in a pass, except what happens in all of them together."""
        if self._record is not None and not isinstance(event, Started | Planned | Wanted):
            self._record(event)


def pass_seed(seed: int, number: int) -> int:
    """The seed of a pass: passes of one seed, and equal passes of different seeds, have nothing in common."""
    return seed * 10_007 + number


AnySearch: TypeAlias = Search | Combined
"""What a driver drives."""
