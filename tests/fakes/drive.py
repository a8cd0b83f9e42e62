"""A driver without waiting: it answers a search from fakes, in an order that a seed decides."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from search.base import Theorem
from search.budget import Budget, StopReason
from search.check import check_search
from search.engine import Search
from search.events import Event
from search.expansion import Expansion, SearchOptions
from search.rules import Rule
from tests.fakes.critic import HashCritic
from tests.fakes.environment import FakeEnvironment
from tests.fakes.graph import GraphEnvironment
from tests.fakes.policy import AllTactics, HashPolicy, TablePolicy


def start(
    environment: FakeEnvironment | GraphEnvironment,
    *,
    rule: str = "sum",
    budget: Budget | None = None,
    options: SearchOptions | None = None,
    seed: int = 0,
    record: Callable[[Event], None] | None = None,
) -> Search:
    """A search of the environment's root with a clock that stands still."""
    return Search(
        Theorem("t"),
        environment.root,
        rule=Rule.of(rule),
        budget=budget if budget is not None else Budget(expansions=500),
        options=options,
        seed=seed,
        clock=lambda: 0.0,
        record=record,
    )


def drive(
    search: Search,
    environment: FakeEnvironment | GraphEnvironment,
    policy: HashPolicy | TablePolicy | None = None,
    *,
    width: int = 1,
    shuffle: int | None = None,
    check: bool = True,
) -> StopReason:
    """Run a search to its end with at most `width` expansions in flight; `shuffle` seeds the order of the answers.

    Without a policy every tactic is proposed; a picture needs one.
    """
    if policy is None:
        assert isinstance(environment, FakeEnvironment)
        policy = AllTactics(environment.world.num_tactics)
    rng = Random(shuffle)
    flying: list[Expansion] = []
    rounds = 0
    while (reason := search.done) is None:
        flying.extend(search.plan(width - len(flying)))
        search.absorb_values([(number, HashCritic().value(state)) for number, state in search.unscored()])
        if not flying:
            continue
        expansion = flying.pop(rng.randrange(len(flying)) if shuffle is not None else 0)
        calls = search.absorb_candidates(expansion.id, policy.answer(expansion.request()))
        if calls:
            search.absorb_outcomes(expansion.id, environment.run(expansion.path, calls))
        rounds += 1
        if check and (rounds < 20 or rounds % 25 == 0):
            check_search(search)
    if check:
        check_search(search)
    return reason
