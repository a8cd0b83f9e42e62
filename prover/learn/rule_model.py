"""Trains the rule model (`prover.policy.builtin.rule_model`) on whole states, with scikit-learn.

Two sums of weights are fitted: log-odds of success by logistic regression, on the states that some call proved, and the
logarithm of the cost by ridge regression, on all. Columns are pairs of a rule's feature and a goal's feature, beside
what was measured of the rule whatever the goal. Equal states give equal models.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import Any

from prover.errors import MissingExtra, UsageError
from prover.learn.whole_states import Tried, WholeState
from prover.policy.builtin.features import rule_features
from prover.policy.builtin.rule_model import Known, Manifest, RuleModel, Weights, logit
from prover.policy.builtin.table import row_of

_PRIOR = 12.0
"""As many trials as the rule book's figures weigh."""
_FEWEST_ROWS = 12
"""Rows in which a pair of features has to hold for a weight of its own."""
_FEWEST_SUCCESSES = 20
"""Successes of a rule from which a limit is read off."""
_KEPT = 0.98
"""The share of a rule's successes that its limit has to keep."""
_STRENGTH = 0.05
"""The inverse of the regularisation of the log-odds."""
_DAMPING = 20.0
"""The regularisation of the cost."""
_WEIGHT_OF_PRIOR = 10.0
"""The prior's column is scaled by this, so that regularisation hardly touches its weight."""


def train(states: Sequence[WholeState], *, excluded: Iterable[str] = (), toolchain: str = "") -> RuleModel:
    """The model of these states; `excluded` are modules that were kept away, for the manifest.

    Raises UsageError if no state was proved, if a state's module is excluded, or without scikit-learn.
    """
    kept_away = tuple(sorted(set(excluded)))
    wrong = sorted({state.module for state in states} & set(kept_away))
    if wrong:
        raise UsageError(f"{', '.join(wrong)}: to be excluded, and among the states to learn from")
    if not any(state.is_proved for state in states):
        raise UsageError("no proved state at which every candidate was run: collect with --set search.collect=0.5")
    rules, heartbeats_a_ms = _measured(states)
    manifest = Manifest(
        modules=tuple(sorted({state.module for state in states})),
        excluded=kept_away,
        states=len(states),
        calls=sum(len(state.calls) for state in states),
        toolchain=toolchain,
        versions={name: version(name) for name in ("scikit-learn", "numpy", "scipy")},
    )
    plain = RuleModel(manifest, rules, heartbeats_a_ms, Weights(), Weights())
    return RuleModel(manifest, rules, heartbeats_a_ms, _chance(states, plain), _cost(states, plain))


def _measured(states: Sequence[WholeState]) -> tuple[dict[str, Known], float]:
    """The figures of each rule over the states, smoothed towards the rule book's, and the thousands of heartbeats that
    one of the rule book's milliseconds stands for."""
    calls: dict[str, list[tuple[Tried, bool]]] = defaultdict(list)
    for state in states:
        for call in state.calls:
            calls[call.rule].append((call, state.is_proved))
    total = sum(call.cost for tried in calls.values() for call, _ in tried)
    heartbeats_a_ms = total / max(1.0, sum(row_of(rule).cost * len(tried) for rule, tried in calls.items()))
    return {rule: _known(rule, calls[rule], heartbeats_a_ms) for rule in sorted(calls)}, _rounded(heartbeats_a_ms)


def _known(rule: str, calls: Sequence[tuple[Tried, bool]], heartbeats_a_ms: float) -> Known:
    """A rule's figures; as in the rule book, the rate is over calls on proved states whose end is known."""
    book = row_of(rule)
    decided = [call for call, is_proved in calls if is_proved and call.is_success is not None]
    successes = sum(bool(call.is_success) for call in decided)
    spent = sum(call.cost for call, _ in calls)
    return Known(
        rate=_rounded((successes + _PRIOR * book.rate) / (sum(call.factor for call in decided) + _PRIOR)),
        cost=_rounded((spent + _PRIOR * book.cost * heartbeats_a_ms) / (len(calls) + _PRIOR)),
        limit=_limit([call for call, _ in calls]),
    )


def _limit(calls: Sequence[Tried]) -> int | None:
    """The limit with the most successes for a heartbeat among those that keep nearly all successes; None if too few
    succeeded to tell."""
    costs = sorted(call.cost for call in calls if call.is_success)
    if len(costs) < _FEWEST_SUCCESSES:
        return None
    candidates = costs[math.ceil(_KEPT * len(costs)) - 1 :]
    return max(
        (2 * limit for limit in candidates),
        key=lambda limit: sum(cost <= limit for cost in costs) / sum(min(call.cost, limit) + 1 for call in calls),
    )


def _chance(states: Sequence[WholeState], plain: RuleModel) -> Weights:
    rows = [(state, call) for state in states if state.is_proved for call in state.calls if call.is_success is not None]
    labels = [bool(call.is_success) for _, call in rows]
    if len(set(labels)) < 2:
        return Weights()
    columns = _Columns(rows)
    priors = [logit(plain.known(call.rule).rate * call.factor) for _, call in rows]
    fitted = _linear_models().LogisticRegression(C=_STRENGTH, max_iter=500).fit(columns.matrix(rows, priors), labels)
    return columns.weights(float(fitted.intercept_[0]), fitted.coef_[0])


def _cost(states: Sequence[WholeState], plain: RuleModel) -> Weights:
    rows = [(state, call) for state in states for call in state.calls]
    columns = _Columns(rows)
    priors = [math.log1p(plain.known(call.rule).cost) for _, call in rows]
    costs = [math.log1p(call.cost) for _, call in rows]
    fitted = _linear_models().Ridge(alpha=_DAMPING, solver="lsqr").fit(columns.matrix(rows, priors), costs)
    residuals = [cost - guess for cost, guess in zip(costs, fitted.predict(columns.matrix(rows, priors)), strict=True)]
    upward = math.log(sum(map(math.exp, residuals)) / len(residuals))  # from a mean of logarithms to that of costs
    return columns.weights(float(fitted.intercept_) + upward, fitted.coef_)


def _linear_models() -> Any:
    try:
        from sklearn import linear_model
    except ImportError as error:
        raise MissingExtra("training a rule model", "learn") from error
    return linear_model


_Row = tuple[WholeState, Tried]


class _Columns:
    """The pairs of features that hold in enough of the rows, each a column behind the prior's."""

    def __init__(self, rows: Iterable[_Row]) -> None:
        counts = Counter(pair for row in rows for pair in _pairs(row))
        often = sorted(pair for pair, count in counts.items() if count >= _FEWEST_ROWS)
        self._places = {pair: place for place, pair in enumerate(often, 1)}

    def matrix(self, rows: Sequence[_Row], priors: Sequence[float]) -> Any:
        """A sparse matrix with a line for each row."""
        from scipy.sparse import csr_matrix

        values: list[float] = []
        places: list[int] = []
        starts = [0]
        for row, prior in zip(rows, priors, strict=True):
            held = sorted(self._places[pair] for pair in _pairs(row) if pair in self._places)
            places += [0, *held]
            values += [_WEIGHT_OF_PRIOR * prior, *(1.0 for _ in held)]
            starts.append(len(places))
        return csr_matrix((values, places, starts), shape=(len(rows), len(self._places) + 1))

    def weights(self, bias: float, fitted: Sequence[float]) -> Weights:
        """The fitted numbers as weights; those that round to 0 are left out."""
        pairs: dict[str, dict[str, float]] = {}
        for (rule, goal), place in self._places.items():
            weight = _rounded(float(fitted[place]))
            if weight:
                pairs.setdefault(rule, {})[goal] = weight
        return Weights(_rounded(bias), _rounded(_WEIGHT_OF_PRIOR * float(fitted[0])), pairs)


def _pairs(row: _Row) -> Iterable[tuple[str, str]]:
    state, call = row
    return ((rule, goal) for rule in rule_features(call.rule) for goal in state.goal)


def _rounded(value: float) -> float:
    """To three decimals: what a solver's last bits are must not show."""
    return round(value, 3)
