"""Intervals and tests against published or hand-worked values."""

import random

import pytest

from prover.report.stats import mcnemar, mean_interval, median, quantile, rate


def test_wilson_intervals_match_the_published_example() -> None:
    # Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662, 15 of 148 gives 0.0624 to 0.1605, 0 of 20 up to 0.1611
    for hits, total, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)):
        found = rate(hits, total)
        assert [found.low, found.high] == pytest.approx([low, high], abs=1e-4)


def test_a_rate_of_nothing_says_nothing() -> None:
    assert (rate(0, 0).share, rate(0, 0).low, rate(0, 0).high) == (0.0, 0.0, 1.0)


def test_mcnemar_is_the_exact_binomial_test() -> None:
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(3, 3) == 1.0
    assert mcnemar(0, 6) == pytest.approx(2 / 2**6)
    assert mcnemar(1, 9) == mcnemar(9, 1) == pytest.approx(2 * 11 / 2**10)
    assert mcnemar(400, 601) == pytest.approx(mcnemar(400, 599), rel=0.3)


def test_the_bootstrap_interval_holds_the_difference_and_narrows() -> None:
    rng = random.Random(0)
    differences = [1] * 20 + [0] * 80
    low, high = mean_interval(differences, rng=rng)
    assert 0.1 < low < 0.2 < high < 0.3
    narrow = mean_interval(differences * 10, rng=rng)
    assert narrow[1] - narrow[0] < (high - low) / 2
    assert mean_interval([0] * 100, rng=rng) == (0.0, 0.0)


def test_quantiles_are_interpolated() -> None:
    assert median([]) == 0.0
    assert median([3, 1, 2, 10]) == 2.5
    assert quantile([0, 10], 0.9) == 9.0
