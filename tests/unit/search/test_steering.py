"""A person's commands: each does what it says, a refused one changes nothing, and a steered search replays."""

from __future__ import annotations

import json
from random import Random

import pytest

from search import Budget, Expansion, Search, SearchOptions, SideBySide, StopReason, rules_of
from search.base import Advanced, Proved, Rejected, RejectKind, Step, TacticCall, Theorem
from search.check import check_search
from search.commands import Boost, Command, Focus, MoreTime, Pin, Prune, Release, Typed
from search.events import Event, Planned, from_json, to_json
from search.nodes import Node
from search.replay import steps
from tests.fakes.critic import HashCritic
from tests.fakes.drive import drive, start
from tests.fakes.environment import FakeEnvironment, World
from tests.fakes.graph import GraphEnvironment, Picture, proposing
from tests.fakes.policy import HashPolicy

FORK: Picture = {
    "root": {"left": ["l"], "right": ["r"]},
    "l": {"on": ["l1"]},
    "l1": {"on": ["l2"]},
    "l2": {"on": ["l3"]},
    "l3": {},
    "r": {"on": ["r1"]},
    "r1": {"on": ["shared"], "end": []},
    "shared": {"on": ["s1"]},
    "s1": {},
}


def forked(rule: str = "sum") -> tuple[Search, GraphEnvironment, list[Event]]:
    environment = GraphEnvironment(FORK)
    events: list[Event] = []
    search = start(environment, rule=rule, budget=Budget(expansions=50), record=events.append)
    return search, environment, events


def expand(search: Search, environment: GraphEnvironment, offered: Picture = FORK) -> str:
    """One expansion, with every tactic of the picture proposed; the state's name."""
    (expansion,) = search.plan(1)
    calls = search.absorb_candidates(expansion.id, proposing(offered).answer(expansion.request()))
    if calls:
        search.absorb_outcomes(expansion.id, environment.run(expansion.path, calls))
    search.absorb_values([(number, HashCritic().value(state)) for number, state in search.unscored()])
    check_search(search)
    return expansion.state.key


def typed(search: Search, environment: GraphEnvironment, key: str, tactic: str) -> Typed:
    """A tactic as a driver runs it for a person."""
    (outcome,) = environment.run(search.path_to(key), [TacticCall(tactic)])
    return Typed(key, tactic, outcome)


@pytest.mark.parametrize("rule", ["sum", "mcts", "beam?width=2", "breadth-first"])
def test_a_pinned_state_is_the_next_one(rule: str) -> None:
    search, environment, _ = forked(rule)
    expand(search, environment)
    search.steer(Pin("r"))
    assert expand(search, environment) == "r"
    search.steer(Pin("r1"))
    assert expand(search, environment) == "r1"


def test_what_can_not_be_pinned_is_said_and_changes_nothing() -> None:
    search, environment, events = forked()
    expand(search, environment)
    before = len(events)
    for command, reason in (
        (Pin("root"), "closed"),
        (Pin("nowhere"), "no such state"),
        (Prune("root"), "the theorem itself"),
        (Typed("l", "x", Rejected(RejectKind.ERROR, "no")), "did not accept"),
    ):
        with pytest.raises(ValueError, match=reason):
            search.steer(command)
    assert len(events) == before
    assert expand(search, environment) == "l"


@pytest.mark.parametrize("rule", ["sum", "mcts", "critic", "beam?width=2", "depth-first"])
def test_nothing_below_a_pruned_state_is_expanded_and_what_can_be_reached_otherwise_is(rule: str) -> None:
    search, environment, _ = forked(rule)
    search.absorb_values([(number, HashCritic().value(state)) for number, state in search.unscored()])
    expand(search, environment)
    search.steer(Prune("r"))
    seen = []
    while search.done is None:
        seen.append(expand(search, environment))
    assert seen == ["l", "l1", "l2", "l3"]
    assert search.done is StopReason.EXHAUSTED
    search.steer(Release("r"))
    assert search.done is None
    assert expand(search, environment) == "r"


def test_a_state_below_a_pruned_one_comes_back_when_another_way_leads_to_it() -> None:
    search, environment, _ = forked()
    for wanted in ("root", "r", "r1"):
        if wanted != "root":
            search.steer(Pin(wanted))
        expand(search, environment, {**FORK, "r1": {"on": ["shared"]}})
    search.steer(Prune("r"))
    assert not search.gate.region.contains(search.graph.with_key("shared")[0])
    around = GraphEnvironment({**FORK, "l1": {"around": ["shared"]}})
    assert [expand(search, around), expand(search, around, {**FORK, "l1": {"around": []}})] == ["l", "l1"]
    assert expand(search, around) == "shared"


def test_an_answer_that_comes_for_a_pruned_state_is_not_wanted() -> None:
    search, environment, _ = forked()
    expand(search, environment)
    (flying,) = search.plan(1)
    assert search.is_wanted(flying.id)
    search.steer(Prune(flying.state.key))
    assert not search.is_wanted(flying.id)
    search.abandon(flying.id)
    check_search(search)
    assert expand(search, environment) == "r"


def test_boosted_states_and_those_below_get_every_second_expansion() -> None:
    search, environment, _ = forked("breadth-first")
    expand(search, environment)
    search.steer(Boost("r"))
    assert [expand(search, environment, {**FORK, "r1": {"on": ["shared"]}}) for _ in range(6)] == [
        "r", "l", "r1", "l1", "shared", "l2",
    ]  # fmt: skip


def test_a_focus_keeps_to_a_state_and_to_the_goals_that_a_proof_through_it_needs() -> None:
    picture: Picture = {
        "root": {"split": ["a", "b"], "other": ["c"]},
        "a": {"on": ["a1"]},
        "b": {"end": []},
        "a1": {"end": []},
        "c": {"on": ["c1"]},
    }
    environment = GraphEnvironment(picture)
    search = start(environment, rule="breadth-first", budget=Budget(expansions=50))
    expand(search, environment, picture)
    search.steer(Focus("a"))
    seen = []
    while search.done is None:
        seen.append(expand(search, environment, picture))
    assert seen == ["a", "b", "a1"]
    proof = search.result().proof
    assert proof is not None
    assert proof.tactics[0] == "split"
    search.steer(Focus("root"))
    assert search.gate.region.contains(search.graph.with_key("c")[0])


def test_a_typed_tactic_proves_what_the_policy_can_not_even_after_the_search_gave_up() -> None:
    search, environment, _ = forked()
    while search.done is None:
        expand(search, environment, {**FORK, "r1": {"on": ["shared"]}})
    assert search.done is StopReason.EXHAUSTED
    command = typed(search, environment, "r1", "end")
    assert command.outcome == Proved("end")
    search.steer(command)
    check_search(search)
    assert str(search.done) == "proved"
    proof = search.result().proof
    assert proof is not None
    assert proof.tactics == ("right", "on", "end")


def test_the_states_that_a_typed_tactic_leaves_are_searched_on() -> None:
    search, environment, _ = forked()
    while search.done is None:
        expand(search, environment, {**FORK, "root": {"left": []}})
    search.steer(typed(search, environment, "root", "right"))
    check_search(search)
    assert search.done is None
    assert [expand(search, environment), expand(search, environment)] == ["r", "r1"]
    assert search.done is StopReason.PROVED


def test_more_time_makes_every_limit_longer_in_proportion() -> None:
    environment = GraphEnvironment(FORK)
    search = start(environment, budget=Budget(expansions=10, wall_s=5.0))
    search.steer(MoreTime(5.0))
    assert search.budget == Budget(expansions=20, wall_s=10.0)
    assert Budget(expansions=3).longer(9.0) == Budget(expansions=3)


def test_time_that_is_passed_over_does_not_count() -> None:
    now = 0.0
    environment = GraphEnvironment(FORK)
    search = Search(
        Theorem("t"), environment.root, rule=rules_of("sum")[0], budget=Budget(wall_s=5.0), clock=lambda: now
    )
    now = 7.0
    assert search.done is StopReason.WALL_TIME
    search.pass_over(4.0)
    assert search.done is None
    assert search.spent.wall_s == 3.0


def test_a_path_to_a_typed_tactic_names_a_state_that_lean_can_reach() -> None:
    search, environment, _ = forked()
    expand(search, environment)
    assert search.path_to("r") == (Step("right"),)
    with pytest.raises(ValueError, match="no such state"):
        search.path_to("nowhere")


def test_side_by_side_every_search_heeds_a_command_and_one_takes_the_typed_tactic() -> None:
    environment = GraphEnvironment(FORK)
    events: list[Event] = []
    search = SideBySide(
        Theorem("t"),
        environment.root,
        rules=rules_of("bf+cg"),
        budget=Budget(expansions=20),
        clock=lambda: 0.0,
        record=events.append,
    )

    def work(count: int) -> list[str]:
        seen = []
        for _ in range(count):
            search.absorb_values([(number, HashCritic().value(state)) for number, state in search.unscored()])
            for expansion in search.plan(1):
                seen.append(expansion.state.key)
                calls = search.absorb_candidates(expansion.id, proposing(FORK).answer(expansion.request()))
                if calls:
                    search.absorb_outcomes(expansion.id, environment.run(expansion.path, calls))
        return seen

    assert work(2) == ["root", "root"]
    search.steer(Prune("r"))
    assert "r" not in work(12)
    (outcome,) = environment.run(search.path_to("root"), [TacticCall("right")])
    assert isinstance(outcome, Advanced)
    search.steer(Release("r"))
    search.steer(Pin("r"))
    assert work(1) == ["r"]
    assert [event for event in events if isinstance(event, Command)] == [Prune("r"), Release("r"), Pin("r")]


@pytest.mark.parametrize("rule", ["sum", "critic", "mcts", "beam?width=2"])
@pytest.mark.parametrize("seed", [0, 1, 3, 4, 5, 6])
def test_a_search_steered_at_random_keeps_its_invariants_and_replays_to_the_same_graph(rule: str, seed: int) -> None:
    rng = Random(seed)
    environment = FakeEnvironment(World(seed=seed, num_goals=25, shares=(45, 3, 1, 4, 47)))
    events: list[Event] = []
    options = SearchOptions(num_samples=3, max_attempts=2, piece=2)
    made = {"rule": rule, "budget": Budget(expansions=40), "options": options}
    search = start(environment, record=events.append, **made)  # type: ignore[arg-type]
    flying: list[Expansion] = []
    while search.done is None and len(events) < 400:
        search.absorb_values([(number, HashCritic().value(state)) for number, state in search.unscored()])
        flying += search.plan(2 - len(flying))
        if flying:
            expansion = flying.pop(rng.randrange(len(flying)))
            calls = search.absorb_candidates(expansion.id, HashPolicy().answer(expansion.request()))
            if calls:
                search.absorb_outcomes(expansion.id, environment.run(expansion.path, calls))
        if rng.random() < 0.4:
            steer_at_random(search, environment, rng)
        flying = [each for each in flying if search.is_in_flight(each.id)]
        check_search(search)
    for expansion in flying:
        search.abandon(expansion.id)
    told = [from_json(json.loads(json.dumps(to_json(event)))) for event in events]
    again = start(environment, **{**made, "budget": Budget()})  # type: ignore[arg-type]
    for _ in steps(again, told):
        check_search(again)
    assert shape(again) == shape(search)
    assert any(isinstance(event, Command) for event in events)


def steer_at_random(search: Search, environment: FakeEnvironment, rng: Random) -> None:
    key = rng.choice(search.graph.nodes).state.key
    kind = rng.choice((Pin, Boost, Prune, Focus, Release, Release, Typed, MoreTime))
    try:
        if kind is Typed:
            tactic = f"t{rng.randrange(environment.world.num_tactics)}"
            (outcome,) = environment.run(search.path_to(key), [TacticCall(tactic)])
            search.steer(Typed(key, tactic, outcome))
        else:
            search.steer(MoreTime(1.0) if kind is MoreTime else kind(key))  # type: ignore[call-arg, arg-type]
    except ValueError:
        pass


def shape(search: Search) -> list[object]:
    def below(node: Node) -> list[object]:
        return [(edge.tactic, [child.index for child in edge.children]) for edge in node.edges]

    return [(node.state.key, node.status, node.eligibility, below(node)) for node in search.graph.nodes]


def test_a_search_that_nobody_steers_is_planned_as_before() -> None:
    environment = FakeEnvironment(World(seed=3, num_goals=25, shares=(45, 3, 1, 4, 47)))
    events: list[Event] = []
    search = start(environment, record=events.append, budget=Budget(expansions=30))
    drive(search, environment, HashPolicy())
    assert any(isinstance(event, Planned) for event in events)
    assert search.gate.pruned == {}
