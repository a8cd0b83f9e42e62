"""The rule model: learned from states at which everything was tried, scored by replaying them without Lean."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from prover.errors import UsageError
from prover.learn.rule_model import train
from prover.learn.rule_replay import OnLine, flat, folds, learned, ratio, remeasured, replay
from prover.learn.whole_states import Tried, WholeState
from prover.policy.builtin.kinds import Kind
from prover.policy.builtin.rule_model import Known, RuleModel, UnusableModel
from prover.policy.builtin.table import row_of

NUMBERS = Kind(is_early=False, is_numeric=True, has_facts=False, head="Eq")
LISTS = Kind(is_early=True, is_numeric=False, has_facts=True, head="Eq")
RULES = ("omega", "simp", "rfl", "grind")
CURE = {NUMBERS: "omega", LISTS: "simp"}
"""On each kind of goal one rule succeeds, for 10 thousand heartbeats; every failure costs 100."""


def world(count: int = 120) -> list[WholeState]:
    """Goals of two kinds in turn, ten to a module."""
    states = []
    for number in range(count):
        kind = tuple(CURE)[number % 2]
        calls = [
            Tried(rule, 1.0, cost=10 if rule == CURE[kind] else 100, lean_s=0.1, is_success=rule == CURE[kind])
            for rule in RULES
        ]
        states.append(WholeState(f"M{number // 10}", f"t{number}", "k", kind, tuple(calls)))
    return states


def test_the_model_learns_which_rule_suits_which_goal_on_modules_that_it_has_not_seen() -> None:
    states = world()
    models = folds(states, count=4, seed=0)
    ours = replay(states, lambda state: learned(models[state.module]))
    measured = replay(states, lambda state: remeasured(models[state.module]))
    assert ours.heartbeats == 10 * len(states)
    assert ratio(ours, measured, seed=0)[2] < 0.5
    assert replay(states, lambda _: flat).heartbeats > ours.heartbeats


def test_chances_are_what_they_say() -> None:
    states = world()
    models = folds(states, count=4, seed=0)
    assert replay(states, lambda state: learned(models[state.module])).calibration_error < 0.1


def test_no_state_is_scored_by_a_model_that_has_seen_its_module() -> None:
    for module, model in folds(world(), count=5, seed=1).items():
        assert module not in model.manifest.modules and module in model.manifest.excluded


def test_equal_states_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        train(world(), excluded=["Held.Out"], toolchain="lean").write(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_model_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    model = train(world(), toolchain="lean")
    model.write(tmp_path / "m.json")
    assert RuleModel.read(tmp_path / "m.json") == model


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"omega"', '"sigma"', "damaged"),
        ("0.", "NaN", "not a rule model"),
        ('"schema":2', '"schema":3', "another version"),
    ],
)
def test_a_file_that_was_changed_is_refused(tmp_path: Path, before: str, after: str, said: str) -> None:
    path = tmp_path / "m.json"
    train(world()).write(path)
    path.write_text(path.read_text().replace(before, after, 1))
    with pytest.raises(UnusableModel, match=said):
        RuleModel.read(path)


def test_states_of_excluded_modules_are_refused() -> None:
    with pytest.raises(UsageError, match="M3"):
        train(world(), excluded=["M3"])


def test_states_without_any_success_teach_nothing() -> None:
    lost = [replace(s, calls=tuple(replace(c, is_success=False) for c in s.calls)) for s in world(10)]
    with pytest.raises(UsageError, match=r"search\.collect"):
        train(lost)


def test_what_succeeds_only_where_something_cheaper_does_comes_late() -> None:
    """`simp` proves three goals of four for little, `grind` the same three, `omega` the fourth."""
    states = [
        WholeState(
            f"M{number}",
            "t",
            "k",
            NUMBERS,
            tuple(
                Tried(rule, 1.0, cost, 0.1, is_success=(rule == "omega") == (number % 4 == 0))
                for rule, cost in (("grind", 12), ("omega", 30), ("simp", 10))
            ),
        )
        for number in range(40)
    ]
    turns = train(states).turns(NUMBERS, [("simp", 1.0), ("omega", 1.0), ("grind", 1.0)])
    assert [turn.worth for turn in turns] == sorted((turn.worth for turn in turns), reverse=True)


def test_the_second_call_of_a_rule_has_a_turn_of_its_own() -> None:
    calls = (Tried("cases", 1.0, 10, 0.1, False), Tried("cases", 0.5, 10, 0.1, True), Tried("rfl", 1.0, 10, 0.1, False))
    model = train([WholeState(f"M{number}", "t", "k", NUMBERS, calls) for number in range(20)])
    second, first, other = model.turns(NUMBERS, [("cases", 0.4), ("cases", 0.9), ("rfl", 1.0)])
    assert second.worth > first.worth and second.worth > other.worth


def test_a_rule_that_is_new_has_the_rule_books_figures_and_a_vanished_one_is_no_harm() -> None:
    model = train(world())
    model = replace(model, rules={**model.rules, "gone": Known(0.5, 3.0)})
    book = row_of("by_contra")
    assert model.known("by_contra") == Known(book.rate, book.cost * model.heartbeats_a_ms)
    (turn,) = model.turns(NUMBERS, [("by_contra", 1.0)])
    assert 0 < turn.chance < book.rate


def test_a_run_corrects_what_the_model_does_not_know_of_a_module() -> None:
    states = [replace(state, module="New") for state in world(40) if state.kind == LISTS]
    rules = {rule: Known(0.9 if rule == "omega" else 0.3, 50.0) for rule in RULES}
    wrong = replace(train(world()), rules=rules, schedules={})
    on_line = OnLine()
    corrected = replay(states, lambda _: on_line.over(learned(wrong)))
    assert corrected.heartbeats < replay(states, lambda _: learned(wrong)).heartbeats
