"""Pairs and targets say what a searched tree shows, and the measures say what the scores are worth."""

from __future__ import annotations

import math
import random

import pytest

from critic.calibration import fit_calibration, pair_accuracy, reliability, sibling_rank, wilson
from critic.dataset import Family, Pair, PairKind, SearchedTree, families, is_held_out, make_pairs, path_pairs
from critic.features import NAMES, features
from critic.model import NO_GOALS, Calibration
from critic.train import fit_line

# The root splits into a and b; a is done, b leads to c, which is done. d leads nowhere; e leads back to the root.
TREE = SearchedTree(
    "t",
    {key: f"⊢ {key}" for key in ("root", "a", "b", "c", "d", "e")},
    {"root": [("a", "b"), ("d",), ("e",)], "a": [()], "b": [("c",), ("d",)], "c": [()], "d": [], "e": [("root",)]},
)


def test_remaining_steps_count_every_branch() -> None:
    assert TREE.remaining() == {"a": 1, "c": 1, "b": 2, "root": 4, "e": 5}


def test_later_states_of_a_proof_are_better() -> None:
    remaining = TREE.remaining()
    found = {(p.worse, p.better) for p in path_pairs(TREE, remaining) if p.kind is PairKind.PATH and "e" not in p.worse}
    assert found == {("⊢ root", "⊢ a"), ("⊢ root", "⊢ b"), ("⊢ root", "⊢ c"), ("⊢ b", "⊢ c")}


def test_the_finished_state_beats_the_last_ones() -> None:
    terminal = {p.worse for p in path_pairs(TREE, TREE.remaining()) if p.kind is PairKind.TERMINAL}
    assert terminal == {"⊢ a", "⊢ c"}
    assert all(p.better == NO_GOALS for p in path_pairs(TREE, TREE.remaining()) if p.kind is PairKind.TERMINAL)


def test_a_provable_child_beats_siblings_that_led_nowhere() -> None:
    found = {(f.on_path, f.siblings) for f in families(TREE, TREE.remaining())}
    assert found == {("⊢ a\n\n⊢ b", ("⊢ d",)), ("⊢ c", ("⊢ d",))}


def test_pairs_are_unique_consistent_and_terminal_ones_are_thinned() -> None:
    pairs = make_pairs([TREE, TREE], rng=random.Random(0), terminal_share=0.0)
    both = [(p.better, p.worse) for p in pairs]
    assert len(set(both)) == len(both) and not any((w, b) in both for b, w in both)
    assert all(p.kind is not PairKind.TERMINAL for p in pairs)
    assert len(make_pairs([TREE], rng=random.Random(0), terminal_share=1.0)) == len(pairs) + 2


def test_a_theorem_is_on_one_side_of_the_split() -> None:
    held = [is_held_out(f"theorem_{i}") for i in range(5000)]
    assert 0.17 < sum(held) / 5000 < 0.23


def pair(better: str, worse: str) -> Pair:
    return Pair("t", better, worse, PairKind.PATH)


def test_ties_count_half() -> None:
    result = pair_accuracy([pair("a", "b"), pair("b", "c"), pair("c", "a")], {"a": 1.0, "b": 1.0, "c": 0.0})
    assert result.accuracy == pytest.approx((0.5 + 1 + 0) / 3)
    assert result.low < result.accuracy < result.high


def test_the_rank_of_the_right_sibling_is_set_against_chance() -> None:
    scores = {"a": 3.0, "b": 2.0, "c": 1.0, "d": 1.0}
    result = sibling_rank([Family("t", "a", ("b", "c")), Family("t", "c", ("a", "d"))], scores)
    assert [result.mean_rank, result.chance_rank] == pytest.approx([(1 + 2.5) / 2, 2.0])
    assert [result.top_share, result.chance_top_share] == pytest.approx([0.5, 1 / 3])


def test_calibration_recovers_the_curve_that_made_the_data() -> None:
    rng = random.Random(1)
    scores = [rng.uniform(-4, 4) for _ in range(4000)]
    outcomes = [rng.random() < Calibration(1.5, -0.5).value(score) for score in scores]
    fitted = fit_calibration(scores, outcomes)
    assert fitted.scale == pytest.approx(1.5, abs=0.15) and fitted.shift == pytest.approx(-0.5, abs=0.15)
    assert reliability([fitted.value(s) for s in scores], outcomes).error < 0.03
    assert reliability([0.99] * 4000, outcomes).error > 0.4


@pytest.mark.parametrize("outcomes", [[True] * 5, [False] * 5, [False, False, False, True, True]])
def test_calibration_of_separable_or_one_sided_data_is_finite(outcomes: list[bool]) -> None:
    fitted = fit_calibration([0.0, 1.0, 2.0, 3.0, 4.0], outcomes)
    assert math.isfinite(fitted.scale) and math.isfinite(fitted.shift)


def test_intervals_stay_within_bounds() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(10, 10)[1] == pytest.approx(1.0) and wilson(0, 10)[0] == pytest.approx(0.0)


def test_features_are_as_named_and_finite() -> None:
    numbers = features("n : Nat\nh : n = 2\n⊢ ∀ x, (f (x)) = ?m\n\n⊢ True")
    assert len(numbers) == len(NAMES) and all(map(math.isfinite, numbers))
    named = dict(zip(NAMES, numbers, strict=True))
    assert (named["goals"], named["nesting"], named["trivial"], named["has ∀"]) == (2.0, 2.0, 0.5, 0.5)
    assert features("no goals") == [0.0] * len(NAMES)


def test_a_line_learns_which_states_are_better() -> None:
    rng = random.Random(0)
    states = [" ∧ ".join(["p"] * rng.randint(1, 9)) for _ in range(200)]
    pairs = [(a, b) for a, b in zip(states[::2], states[1::2], strict=True) if len(a) < len(b)]
    line = fit_line([(features(f"⊢ {a}"), features(f"⊢ {b}")) for a, b in pairs], rng=rng)
    assert line.score(features("⊢ p")) > line.score(features("⊢ p ∧ p ∧ p")) > line.score(features("⊢ p" + " ∧ p" * 8))


def test_heads_learn_preference_and_remaining_steps() -> None:
    torch = pytest.importorskip("torch", reason="the models extra is not installed")
    from critic.train import fit_heads

    torch.manual_seed(0)
    hidden = torch.randn(400, 8) * torch.logspace(-2, 2, 8)
    steps = (3 + 2 * hidden[:, 3] / hidden[:, 3].std()).clamp_min(0)
    better, worse = torch.minimum(steps[:200], steps[200:]), torch.maximum(steps[:200], steps[200:])
    first = steps[:200] <= steps[200:]
    good = torch.where(first[:, None], hidden[:200], hidden[200:])
    bad = torch.where(first[:, None], hidden[200:], hidden[:200])
    heads = fit_heads(good, bad, states=hidden, remaining=steps)
    value = torch.tensor(heads.value)
    assert ((good @ value > bad @ value) | (better == worse)).float().mean() > 0.95
    assert heads.steps is not None
    predicted = torch.expm1(hidden @ torch.tensor(heads.steps) + heads.steps_bias)
    assert torch.corrcoef(torch.stack([predicted, steps]))[0, 1] > 0.9
