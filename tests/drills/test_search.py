"""Thousands of random searches against every invariant: answers in pieces and out of order, expansions given back,
values late, waiting twins, depth limits; each proof is run, some searches are made again from their events."""

from __future__ import annotations

from random import Random

import pytest

from search import RULES, Budget, Expansion, Rule, Search, SearchOptions
from search.base import TacticCall, Theorem
from search.check import check_search
from search.events import Event, Planned, from_json, to_json
from search.replay import steps
from tests.fakes.critic import HashCritic
from tests.fakes.environment import FakeEnvironment, World, check_script
from tests.fakes.policy import HashPolicy


def make(environment: FakeEnvironment, rng: Random, events: list[Event]) -> Search:
    options = SearchOptions(
        num_samples=rng.randint(1, 6),
        max_attempts=rng.randint(1, 3),
        max_depth=rng.choice([None, None, 5]),
        max_tactics=rng.choice([None, 2]),
        piece=rng.choice([None, 1, 2]),
    )
    return Search(
        Theorem("t"),
        environment.root,
        rule=Rule.of(rng.choice([*RULES, "beam?width=2"])),
        budget=Budget(expansions=40),
        options=options,
        clock=lambda: 0.0,
        record=events.append,
    )


def disturb(search: Search, environment: FakeEnvironment, rng: Random) -> None:
    """Drive to the end, as badly as a driver may."""
    policy = HashPolicy(environment.world.num_tactics)
    left: dict[int, list[TacticCall]] = {}
    flying: list[Expansion] = []
    while search.done is None:
        unscored = search.unscored()
        scored = unscored[: rng.randint(0, len(unscored))]
        search.absorb_values([(number, HashCritic().value(state)) for number, state in scored])
        flying += search.plan(rng.randint(0, 4))
        if flying:
            expansion = rng.choice(flying)
            if not step(search, expansion, environment, policy, left, rng):
                flying.remove(expansion)
        if rng.random() < 0.3:
            check_search(search)
    for expansion in flying:
        search.abandon(expansion.id)


def step(
    search: Search,
    expansion: Expansion,
    environment: FakeEnvironment,
    policy: HashPolicy,
    left: dict[int, list[TacticCall]],
    rng: Random,
) -> bool:
    """One piece of one expansion; whether it goes on."""
    if rng.random() < (0.05 if search.is_wanted(expansion.id) else 0.6):
        search.abandon(expansion.id)
        return False
    if expansion.id not in left:
        left[expansion.id] = search.absorb_candidates(expansion.id, policy.answer(expansion.request()))
    else:
        calls = left[expansion.id]
        piece = calls[: rng.randint(1, len(calls))]
        left[expansion.id] = calls[len(piece) :]
        search.absorb_outcomes(expansion.id, environment.run(expansion.path, piece))
    return bool(left[expansion.id])


@pytest.mark.parametrize("start", range(0, 6000, 100))
def test_no_order_of_answers_breaks_a_search(start: int) -> None:
    for seed in range(start, start + 100):
        rng = Random(seed)
        world = World(
            seed=seed,
            num_goals=rng.randint(3, 50),
            num_tactics=rng.randint(1, 7),
            shares=rng.choice([(50, 3, 1, 6, 40), (20, 0, 0, 10, 70), (70, 10, 5, 5, 10), (0, 0, 0, 15, 85)]),
            coupled=rng.choice([0, 10, 60]),
            num_names=rng.choice([1, 2, 3, 5]),
        )
        environment = FakeEnvironment(world)
        events: list[Event] = []
        made = rng.getstate()
        search = make(environment, rng, events)
        disturb(search, environment, rng)
        check_search(search)
        proof = search.result().proof
        if proof is not None:
            check_script(world, 0, proof.script)
        rng.setstate(made)
        again = make(environment, rng, [])
        for event in list(steps(again, [from_json(to_json(event)) for event in events])):
            assert not (isinstance(event, Planned) and any(map(again.is_in_flight, event.expansions)))
        assert again.done is search.done
        assert len(again.graph.nodes) == len(search.graph.nodes)
