"""The measures say what a critic's scores are worth, calibration keeps their order, and training finds it."""

from __future__ import annotations

import math
import random

import pytest

from critic.calibration import fit_calibration, pair_accuracy, reliability, sibling_rank, wilson
from critic.features import NAMES, features
from critic.model import Calibration
from critic.pairs import Family, Pair, PairKind
from critic.train import fit_line


def pair(better: str, worse: str) -> Pair:
    return Pair(better, worse, PairKind.LATER)


def test_ties_count_half() -> None:
    result = pair_accuracy([pair("a", "b"), pair("b", "c"), pair("c", "a")], {"a": 1.0, "b": 1.0, "c": 0.0})
    assert result.accuracy == pytest.approx((0.5 + 1 + 0) / 3)
    assert result.low < result.accuracy < result.high


def test_the_rank_of_the_right_sibling_is_set_against_chance() -> None:
    scores = {"a": 3.0, "b": 2.0, "c": 1.0, "d": 1.0}
    result = sibling_rank([Family("a", ("b", "c")), Family("c", ("a", "d"))], scores)
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


def test_where_higher_scores_are_less_often_provable_the_curve_still_rises() -> None:
    """Over many theorems, harder ones may have the higher scores: within one the order of the scores is right."""
    rng = random.Random(2)
    scores = [rng.uniform(-4, 4) for _ in range(1000)]
    outcomes = [rng.random() < Calibration(1.5, 0.5).value(-score) for score in scores]
    fitted = fit_calibration(scores, outcomes)
    values = [fitted.value(score) for score in sorted(scores)]
    assert values == sorted(set(values))
    assert sum(values) / 1000 == pytest.approx(sum(outcomes) / 1000, abs=0.02)


@pytest.mark.parametrize("scores", [[], [3.0] * 4])
def test_scores_that_say_nothing_are_calibrated_to_the_base_rate(scores: list[float]) -> None:
    fitted = fit_calibration(scores, [True] * (len(scores) // 2) + [False] * (len(scores) - len(scores) // 2))
    assert fitted.scale > 0
    assert not scores or fitted.value(3.0) == pytest.approx(0.5, abs=0.05)


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
