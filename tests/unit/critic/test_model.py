"""A model critic scores each state once, and refuses scores that can't be right."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from critic.model import NO_GOALS, Calibration, CriticFailed, ModelCritic
from search.base import Goal, ProofState, Theorem


def state(*goals: str) -> ProofState:
    return ProofState(tuple(Goal(goal, pretty=f"⊢ {goal}") for goal in goals), "/".join(goals))


class Recorder:
    """Scores by a table (by length elsewhere) and remembers what it was shown."""

    def __init__(self, **table: float) -> None:
        self.table, self.seen = table, [""][:0]

    async def __call__(self, texts: Sequence[str]) -> list[float]:
        self.seen += texts
        return [self.table.get(text, -float(len(text))) for text in texts]


async def test_a_state_is_shown_once_with_all_its_goals() -> None:
    scorer = Recorder()
    critic = ModelCritic(scorer)
    values = await critic.score(Theorem("t"), [state("p"), state("p", "qq"), state("p")])
    again = await critic.score(Theorem("u"), [state("p")])
    assert scorer.seen == ["⊢ p", "⊢ p\n\n⊢ qq"]
    assert values[0] == values[2] == again[0] > values[1]
    assert (critic.num_scored, critic.num_cached) == (2, 2)


async def test_a_finished_state_is_one_and_never_shown() -> None:
    scorer = Recorder()
    values = await ModelCritic(scorer).score(Theorem("t"), [state(), state("p"), state()])
    assert values[0] == values[2] == 1.0 and values[1] < 1.0
    assert scorer.seen == ["⊢ p"]


async def test_the_cache_forgets_the_least_recently_used() -> None:
    scorer = Recorder()
    critic = ModelCritic(scorer, cache_size=2)
    for goal in ("a", "b", "a", "c", "a", "b"):
        await critic.score(Theorem("t"), [state(goal)])
    assert scorer.seen == ["⊢ a", "⊢ b", "⊢ c", "⊢ b"]


async def test_nan_and_equal_scores_are_errors() -> None:
    with pytest.raises(CriticFailed, match="NaN"):
        await ModelCritic(Recorder(**{"⊢ p": math.nan})).raw_scores(["⊢ p"])
    equal = Recorder(**{f"⊢ {i}": 0.5 for i in range(8)})
    with pytest.raises(CriticFailed, match="8 different states the same score"):
        await ModelCritic(equal).raw_scores([f"⊢ {i}" for i in range(8)])
    assert await ModelCritic(equal).raw_scores(["⊢ 1"] * 20) == [0.5] * 20


async def test_a_wrong_number_of_scores_is_an_error() -> None:
    async def short(texts: Sequence[str]) -> list[float]:
        return [0.0] * (len(texts) - 1)

    with pytest.raises(CriticFailed, match="1 scores for 2 states"):
        await ModelCritic(short).raw_scores(["a", "b"])


async def test_a_critic_that_prefers_open_states_fails_its_sanity_test() -> None:
    await ModelCritic(Recorder()).check_sanity()
    with pytest.raises(CriticFailed, match=r"try bos=1 or bos=2"):
        await ModelCritic(Recorder(**{NO_GOALS: -1000.0})).check_sanity()


@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300), st.floats(0, 1e3, exclude_min=True), st.floats(-1e3, 1e3))
def test_every_score_has_a_value_and_a_higher_score_no_lower_one(
    one: float, other: float, scale: float, shift: float
) -> None:
    low, high = (Calibration(scale, shift).value(score) for score in sorted((one, other)))
    assert 0.0 <= low <= high <= 1.0


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan")])
def test_no_calibration_ranks_backwards(scale: float) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        Calibration(scale)


@pytest.mark.parametrize(("scale", "shift"), [(1.0, math.nan), (1.0, math.inf), (math.inf, 0.0)])
def test_a_calibration_has_finite_numbers(scale: float, shift: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        Calibration(scale, shift)
