"""Measures a critic on searched trees, and trains a small one on them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
from critic.train import Heads, Line, fit_heads, fit_line
from prover.errors import UsageError
from search.base import Critic, Goal, ProofState, Theorem

if TYPE_CHECKING:
    from prover.models.scoring import TextReader


@dataclass(frozen=True, slots=True)
class Measured:
    """What a critic is worth on some theorems.

    `pairs` is over open states alone; `kinds` has the accuracy for each kind, the finished state's too, which any
    critic gets right that is never asked about it.
    """

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
    fates = _fates(trees)
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
        pairs=pair_accuracy([pair for pair in pairs if pair.kind is not PairKind.TERMINAL], scores),
        kinds={kind: pair_accuracy([p for p in pairs if p.kind is kind], scores) for kind in PairKind},
        siblings=sibling_rank(groups, scores),
        calibration=reliability([scores[text] for text in fates], outcomes),
        base_rate=sum(outcomes) / len(outcomes),
    )


def train_line(trees: Sequence[SearchedTree], *, seed: int) -> tuple[Line, Calibration]:
    """A line through features, fitted on the trees' pairs, and its calibration. UsageError without a proof."""
    rng = random.Random(seed)
    pairs = _training_pairs(trees, rng)
    line = fit_line([(features(pair.better), features(pair.worse)) for pair in pairs], rng=rng)
    fates = _fates(trees)
    return line, fit_calibration([line.score(features(text)) for text in fates], list(fates.values()))


def train_heads(trees: Sequence[SearchedTree], texts: TextReader, *, seed: int) -> tuple[Heads, Calibration]:
    """Heads for value and remaining steps on a model's hidden states, and the value's calibration."""
    import torch

    pairs = _training_pairs(trees, random.Random(seed))
    fates = _fates(trees)
    steps = {tree.texts[key]: count for tree in trees for key, count in tree.remaining().items()}
    every = list(dict.fromkeys([text for p in pairs for text in (p.better, p.worse)] + [*fates, *steps]))
    hidden = texts.read(every).cpu()
    at = {text: index for index, text in enumerate(every)}
    heads = fit_heads(
        hidden[[at[pair.better] for pair in pairs]],
        hidden[[at[pair.worse] for pair in pairs]],
        states=hidden[[at[text] for text in steps]],
        remaining=torch.tensor(list(steps.values())),
    )
    scores = (hidden[[at[text] for text in fates]] @ torch.tensor(heads.value)).tolist()
    return heads, fit_calibration(scores, list(fates.values()))


def _training_pairs(trees: Sequence[SearchedTree], rng: random.Random) -> list[Pair]:
    pairs = make_pairs(trees, rng=rng, terminal_share=0.0)
    if not pairs:
        raise UsageError("no proof of two steps or more in these traces: nothing to learn from")
    return pairs


def _fates(trees: Sequence[SearchedTree]) -> dict[str, bool]:
    """Every expanded state and whether the search found it provable."""
    fates: dict[str, bool] = {}
    for tree in trees:
        remaining = tree.remaining()
        fates |= {tree.texts[key]: key in remaining for key in tree.tactics}
    return fates


def _state(text: str) -> ProofState:
    """A traced state as a critic takes it: the text is all that was kept."""
    goals = tuple(_goal(part) for part in text.split("\n\n"))
    return ProofState(goals, text)


def _goal(pretty: str) -> Goal:
    from prover.models.fit import TURNSTILE

    return Goal(pretty.rpartition(TURNSTILE)[2].strip(), pretty=pretty)
