"""The built-in policy with a rule model: the model orders the rules, and adds or hides none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from prover.errors import UsageError
from prover.policy.builtin import BuiltinPolicy
from prover.policy.builtin.kinds import Kind, kind_of
from prover.policy.builtin.rule_model import ANY, Known, Manifest, RuleModel, Turn
from prover.policy.builtin.view import OWN_DEFINITION
from prover.policy.registry import check_policy, open_policy
from prover.policy.rule_models import misfit, with_rule_model
from search.base import Goal, Premise
from tests.unit.policy.goals import data, goal, proof, request

KIND = Kind(is_early=False, is_numeric=True, has_facts=True, head="LE.le")
GOAL = goal("a * b ≤ c", data("a", "Nat"), data("b", "Nat"), data("c", "Nat"), proof("h", "a ≤ b"), head="LE.le")


def model(*, prefers: str, on: Kind | None = None) -> RuleModel:
    """A model that puts one rule first on goals of a kind (None: on all)."""
    schedule = {ANY if on is None else on.name: {prefers: (Turn(0.9, 1.0),)}}
    return RuleModel(Manifest(toolchain="this"), {prefers: Known(0.01, 5.0)}, 1.0, schedule)


def first(policy: BuiltinPolicy, of: Goal = GOAL) -> str:
    return policy.candidates(request(of))[0].origin


def test_the_model_orders_the_rules_of_goals_of_the_kind() -> None:
    assert first(BuiltinPolicy(model(prefers="rfl", on=KIND))) == "builtin:rfl"
    assert first(BuiltinPolicy(model(prefers="rfl", on=KIND._replace(head="Eq")))) != "builtin:rfl"


def test_a_goal_with_definitions_of_its_own_file_is_left_to_the_rule_book() -> None:
    policy, own = BuiltinPolicy(model(prefers="rfl")), Premise("Tree.size", "def", OWN_DEFINITION)
    asked = request(goal("Tree.size t = 0", data("t", "Tree"), head="Eq", constants=("Tree.size",)))
    assert policy.candidates(asked)[0].origin == "builtin:rfl"
    with_own = replace(asked, premises=(own,))
    assert policy.candidates(with_own) == BuiltinPolicy().candidates(with_own)


def test_a_model_adds_no_tactic_and_hides_none() -> None:
    plain, ordered = BuiltinPolicy(), BuiltinPolicy(model(prefers="omega"))
    assert {c.tactic for c in plain.candidates(request(GOAL))} == {c.tactic for c in ordered.candidates(request(GOAL))}


def test_a_kind_names_no_hypothesis_and_no_variable() -> None:
    renamed = goal("x * y ≤ z", data("x", "Nat"), data("y", "Nat"), data("z", "Nat"), proof("k", "x ≤ y"), head="LE.le")
    assert kind_of(GOAL, is_early=False) == kind_of(renamed, is_early=False) == KIND


def test_another_kind_of_goal_says_less_the_more_it_differs() -> None:
    far = Kind(is_early=True, is_numeric=False, has_facts=True, head="Eq")
    assert 1.0 == KIND.likeness(KIND) > KIND.likeness(KIND._replace(head="Eq")) > KIND.likeness(far) > 0


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("builtin", "builtin?model=m.json"),
        ("mix:folder=0.7,builtin=0.3", "mix:folder=0.7,builtin?model=m.json=0.3"),
        ("builtin?model=own.json", "builtin?model=own.json"),
        ("folder", "folder"),
    ],
)
def test_the_setting_reaches_the_built_in_policy_wherever_it_stands(spec: str, expected: str) -> None:
    assert with_rule_model(spec, "m.json") == expected
    assert with_rule_model(spec, None) == spec


async def test_the_policy_opens_with_the_model_of_its_name(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    model(prefers="rfl").write(path)
    check_policy(f"builtin?model={path}")
    opened = await open_policy(f"builtin?model={path}")
    (candidates,) = await opened.policy.propose([request(GOAL)])
    assert candidates[0].origin == "builtin:rfl"


def test_a_model_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no rule model"):
        check_policy(f"builtin?model={tmp_path}/none.json")


def test_a_model_of_another_lean_does_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    model(prefers="rfl").write(path)
    assert misfit(str(path), ["this"]) == ""
    assert "rule book" in misfit(str(path), ["this", "other"])
