"""Properties over random worlds, rules, widths and orders of answers; every search is checked as it goes."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import RULES, Budget, SearchOptions, StopReason
from search.check import check_best_paths, check_search
from search.events import Event, from_json, to_json
from search.nodes import PathCost
from search.replay import steps
from search.scoring import Ranking
from tests.fakes.drive import drive, start
from tests.fakes.environment import FakeEnvironment, World, check_script
from tests.fakes.policy import AllTactics, HashPolicy

NARROW = tuple("beam?width=2" if name == "beam" else name for name in RULES)

WORLDS = st.builds(
    World,
    seed=st.integers(0, 10_000),
    num_goals=st.integers(3, 40),
    num_tactics=st.integers(1, 6),
    shares=st.sampled_from([(50, 3, 1, 6, 40), (20, 0, 0, 10, 70), (70, 10, 5, 5, 10), (0, 0, 0, 15, 85)]),
    coupled=st.sampled_from([0, 10, 60]),
    num_names=st.sampled_from([1, 2, 3]),
)
QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(
    WORLDS,
    st.sampled_from(NARROW),
    st.integers(1, 5),
    st.integers(0, 3),
    st.integers(1, 3),
    st.sampled_from([None, 1, 2]),
)
def test_whatever_is_proved_is_true_and_its_script_runs(
    world: World, rule: str, width: int, shuffle: int, attempts: int, piece: int | None
) -> None:
    environment = FakeEnvironment(world)
    search = start(
        environment,
        rule=rule,
        budget=Budget(expansions=40),
        options=SearchOptions(num_samples=4, max_attempts=attempts, piece=piece),
    )
    reason = drive(search, environment, HashPolicy(world.num_tactics), width=width, shuffle=shuffle)
    proof = search.result().proof
    assert (proof is not None) == (reason is StopReason.PROVED)
    if proof is not None:
        check_script(world, 0, proof.script)
        assert 0 in world.provable()


@QUICK
@given(WORLDS, st.sampled_from(NARROW), st.sampled_from([None, 1, 2]))
def test_a_search_that_tries_everything_decides(world: World, rule: str, piece: int | None) -> None:
    """Without limits and crashes, nothing left to try means nothing to be found."""
    world = World(world.seed, min(world.num_goals, 10), world.num_tactics, (55, 0, 0, 5, 40), 0, world.num_names)
    environment = FakeEnvironment(world)
    search = start(
        environment,
        rule=rule,
        budget=Budget(expansions=100),
        options=SearchOptions(piece=piece),
    )
    reason = drive(search, environment, AllTactics(world.num_tactics), width=2, shuffle=1)
    assert reason is (StopReason.PROVED if 0 in world.provable() else StopReason.EXHAUSTED)


@QUICK
@given(WORLDS, st.sampled_from(["sum", "token-mean"]), st.integers(1, 4))
def test_sums_always_follow_the_best_path(world: World, rule: str, width: int) -> None:
    environment = FakeEnvironment(world)
    search = start(environment, rule=rule, budget=Budget(expansions=40))
    drive(search, environment, AllTactics(world.num_tactics), width=width, shuffle=width, check=False)
    check_best_paths(search.graph)


@QUICK
@given(WORLDS, st.integers(0, 40), st.integers(0, 60), st.integers(1, 5))
def test_budgets_are_never_exceeded(world: World, expansions: int, tactics: int, width: int) -> None:
    environment = FakeEnvironment(world)
    search = start(environment, budget=Budget(expansions=expansions, tactics=tactics))
    drive(search, environment, AllTactics(world.num_tactics), width=width, shuffle=0)
    assert search.spent.expansions <= expansions
    assert environment.calls == search.spent.tactics <= tactics


@QUICK
@given(WORLDS, st.integers(1, 6))
def test_no_state_deeper_than_allowed_is_expanded(world: World, max_depth: int) -> None:
    environment = FakeEnvironment(world)
    search = start(environment, budget=Budget(expansions=40), options=SearchOptions(max_depth=max_depth))
    while search.done is None:
        for expansion in search.plan(2):
            assert len(expansion.path) < max_depth
            calls = search.absorb_candidates(expansion.id, AllTactics(world.num_tactics).answer(expansion.request()))
            if calls:
                search.absorb_outcomes(expansion.id, environment.run(expansion.path, calls))
    assert search.statistics.depth <= max_depth


@QUICK
@given(WORLDS, st.sampled_from(NARROW), st.sampled_from([None, 1, 3]), st.booleans())
def test_every_proof_after_a_rejected_one_is_true_and_the_record_makes_them_again(
    world: World, rule: str, piece: int | None, wants_shorter: bool
) -> None:
    environment, events = FakeEnvironment(world), list[Event]()
    options = SearchOptions(max_attempts=2, piece=piece)
    search = start(environment, rule=rule, budget=Budget(expansions=40), options=options, record=events.append)
    while drive(search, environment, AllTactics(world.num_tactics), check=False) is StopReason.PROVED:
        proof = search.result().proof
        assert proof is not None
        check_script(world, 0, proof.script)
        search.reject()
        if wants_shorter:
            search.want_below(len(proof.tactics))
        check_search(search)
    again = start(environment, rule=rule, budget=Budget(expansions=40), options=options)
    list(steps(again, [from_json(to_json(event)) for event in events]))
    check_search(again)
    assert again.done is search.done
    assert [node.status for node in again.graph.nodes] == [node.status for node in search.graph.nodes]


def test_priorities_are_never_nan() -> None:
    costs = [
        PathCost(),
        PathCost(1, 1, 0.0, 0.0),
        PathCost(3, 9, float("-inf"), float("-inf")),
        PathCost(50, 500, -900.0, -60.0),
    ]
    for name, row in RULES.items():
        ranking = row.parameters()
        if not isinstance(ranking, Ranking):
            continue
        for cost in costs:
            for value in (0.0, 0.5, 1.0):
                priority = ranking.priority(cost, value)
                assert priority == priority, name
