"""The built-in policy with a rule model: the model orders the rules and lowers their limits, and adds or hides none."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.errors import UsageError
from prover.policy.builtin import BuiltinPolicy
from prover.policy.builtin.features import goal_features, rule_features
from prover.policy.builtin.rule_model import Known, Manifest, RuleModel, Weights
from prover.policy.registry import check_policy, open_policy
from prover.policy.rule_models import misfit, with_rule_model
from search.base import Goal
from tests.unit.policy.goals import data, goal, proof, request

GOAL = goal("a * b ≤ c", data("a", "Nat"), data("b", "Nat"), data("c", "Nat"), proof("h", "a ≤ b"), head="LE.le")


def model(*, prefers: str, on: str, limit: int | None = None) -> RuleModel:
    """A model that gives one rule a high chance on goals with a feature."""
    preference = Weights(pairs={prefers: {on: 20.0}})
    return RuleModel(Manifest(toolchain="this"), {prefers: Known(0.01, 5.0, limit)}, 1.0, preference, Weights())


def first(policy: BuiltinPolicy, of: Goal = GOAL) -> str:
    return policy.candidates(request(of))[0].origin


def test_the_model_orders_the_rules_where_its_feature_holds() -> None:
    assert first(BuiltinPolicy(model(prefers="rfl", on="head LE.le"))) == "builtin:rfl"
    assert first(BuiltinPolicy(model(prefers="rfl", on="head Eq"))) != "builtin:rfl"


def test_a_model_adds_no_tactic_and_hides_none() -> None:
    plain, ordered = BuiltinPolicy(), BuiltinPolicy(model(prefers="omega", on="any"))
    assert {c.tactic for c in plain.candidates(request(GOAL))} == {c.tactic for c in ordered.candidates(request(GOAL))}


def test_a_model_lowers_limits_and_raises_none() -> None:
    for limit, expected in ((7, 7), (10**6, None)):
        policy = BuiltinPolicy(model(prefers="omega", on="any", limit=limit))
        (chosen,) = [c for c in policy.candidates(request(GOAL)) if c.origin == "builtin:omega"]
        (usual,) = [c for c in BuiltinPolicy().candidates(request(GOAL)) if c.origin == "builtin:omega"]
        assert chosen.limits is not None and usual.limits is not None
        assert chosen.limits.heartbeats == (expected or usual.limits.heartbeats)


def test_features_name_no_hypothesis_and_no_variable() -> None:
    renamed = goal("x * y ≤ z", data("x", "Nat"), data("y", "Nat"), data("z", "Nat"), proof("k", "x ≤ y"), head="LE.le")
    ours, theirs = (goal_features(g, num_goals=1, depth=0, is_early=False) for g in (GOAL, renamed))
    assert ours == theirs and {"head LE.le", "about Nat"} <= set(ours)


def test_a_rule_shares_the_words_of_its_name_with_others() -> None:
    assert set(rule_features("simp_all_lemmas_4")) & set(rule_features("simp_new")) == {"simp*"}


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
    model(prefers="rfl", on="any").write(path)
    check_policy(f"builtin?model={path}")
    opened = await open_policy(f"builtin?model={path}")
    (candidates,) = await opened.policy.propose([request(GOAL)])
    assert candidates[0].origin == "builtin:rfl"


def test_a_model_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no rule model"):
        check_policy(f"builtin?model={tmp_path}/none.json")


def test_a_model_of_another_lean_does_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    model(prefers="rfl", on="any").write(path)
    assert misfit(str(path), ["this"]) == ""
    assert "rule book" in misfit(str(path), ["this", "other"])
