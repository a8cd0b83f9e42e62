"""Measures a critic on searched trees, and trains a small one on them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from critic.calibration import (
    PairAccuracy,
    Reliability,
    SiblingRank,
    fit_calibration,
    pair_accuracy,
    reliability,
    sibling_rank,
)
from critic.dataset import Pair, PairKind, SearchedTree, families, make_pairs
from critic.features import features
from critic.model import NO_GOALS, Calibration
from critic.train import Line, fit_line
from prover.errors import UsageError
from search.base import Critic, Goal, ProofState, Theorem


@dataclass(frozen=True, slots=True)
class Measured:
    """What a critic is worth on some theorems. `kinds` has the pair accuracy for each kind of pair."""

    num_theorems: int
    num_proved: int
    pairs: PairAccuracy
    kinds: dict[PairKind, PairAccuracy]
    siblings: SiblingRank
    calibration: Reliability
    base_rate: float


async def measure(critic: Critic, trees: Sequence[SearchedTree], *, seed: int) -> Measured:
    """Score every state once. Raises UsageError where the trees show nothing to measure."""
    pairs = make_pairs(trees, rng=random.Random(seed), terminal_share=1.0)
    known = [(tree, tree.remaining()) for tree in trees]
    groups = [family for tree, remaining in known for family in families(tree, remaining)]
    if not pairs:
        raise UsageError("no proof in these traces: nothing to measure a critic on")
    fates = {tree.texts[key]: key in remaining for tree, remaining in known for key in tree.tactics}
    texts = dict.fromkeys(
        [text for pair in pairs for text in (pair.better, pair.worse)]
        + [text for family in groups for text in (family.on_path, *family.siblings)]
        + list(fates)
    )
    open_texts = [text for text in texts if text != NO_GOALS]
    values = await critic.score(Theorem(""), [_state(text) for text in open_texts])
    scores = dict(zip(open_texts, map(float, values), strict=True)) | {NO_GOALS: 1.0}
    outcomes = list(fates.values())
    return Measured(
        num_theorems=len(trees),
        num_proved=sum(bool(remaining) for _, remaining in known),
        pairs=pair_accuracy(pairs, scores),
        kinds={kind: pair_accuracy([p for p in pairs if p.kind is kind], scores) for kind in PairKind},
        siblings=sibling_rank(groups, scores),
        calibration=reliability([scores[text] for text in fates], outcomes),
        base_rate=sum(outcomes) / len(outcomes),
    )


def train_line(trees: Sequence[SearchedTree], *, seed: int) -> tuple[Line, Calibration]:
    """A line through features, fitted on the trees' pairs, and its calibration. UsageError without a proof."""
    rng = random.Random(seed)
    pairs: list[Pair] = make_pairs(trees, rng=rng, terminal_share=0.0)
    if not pairs:
        raise UsageError("no proof of two steps or more in these traces: nothing to learn from")
    line = fit_line([(features(pair.better), features(pair.worse)) for pair in pairs], rng=rng)
    fates: list[tuple[str, bool]] = []
    for tree in trees:
        remaining = tree.remaining()
        fates += [(tree.texts[key], key in remaining) for key in tree.tactics]
    scores = [line.score(features(text)) for text, _ in fates]
    return line, fit_calibration(scores, [fate for _, fate in fates])


def _state(text: str) -> ProofState:
    """A traced state as a critic takes it: the text is all that was kept."""
    goals = tuple(_goal(part) for part in text.split("\n\n"))
    return ProofState(goals, text)


def _goal(pretty: str) -> Goal:
    from prover.policy.models.fit import TURNSTILE

    return Goal(pretty.rpartition(TURNSTILE)[2].strip(), pretty=pretty)
