"""Measures a critic on searched trees, and trains a small one on them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
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
from critic.features import features
from critic.model import NO_GOALS, Calibration
from critic.pairs import Pair, PairKind
from critic.train import Heads, Line, fit_heads, fit_line
from prover.errors import UsageError
from prover.learn.pairs import families, make_pairs
from prover.learn.tree import SearchTree
from search.base import Critic, Goal, ProofState, Theorem

if TYPE_CHECKING:
    from prover.models.scoring import TextReader


@dataclass(frozen=True, slots=True)
class Measured:
    """The quality of a critic on some theorems.

    `pairs` is the accuracy on pairs of open states; `kinds` has the accuracy for each kind of pair. Pairs with the
    finished state are right for any critic that gives it 1 by definition. `base_rate` is the share of provable states.
    """

    num_theorems: int
    num_proved: int
    pairs: PairAccuracy
    kinds: dict[PairKind, PairAccuracy]
    siblings: SiblingRank
    calibration: Reliability
    base_rate: float


async def measure(critic: Critic, trees: Sequence[SearchTree], *, seed: int) -> Measured:
    """Measure a critic on searched trees, scoring every state once. Raises UsageError if the trees hold no proof."""
    pairs = make_pairs(trees, rng=random.Random(seed), terminal_share=1.0)
    groups = [family for tree in trees for family in families(tree)]
    if not pairs:
        raise UsageError("no proof in these traces: nothing to measure a critic on")
    known = fates(trees)
    texts = dict.fromkeys(
        [text for pair in pairs for text in (pair.better, pair.worse)]
        + [text for family in groups for text in (family.on_path, *family.siblings)]
        + list(known)
    )
    open_texts = [text for text in texts if text != NO_GOALS]
    values = await critic.score(Theorem(""), [state_of(text) for text in open_texts])
    scores = dict(zip(open_texts, map(float, values), strict=True)) | {NO_GOALS: 1.0}
    outcomes = list(known.values())
    return Measured(
        num_theorems=len(trees),
        num_proved=sum(tree.root.is_proved for tree in trees),
        pairs=pair_accuracy([pair for pair in pairs if pair.kind is not PairKind.TERMINAL], scores),
        kinds={kind: pair_accuracy([p for p in pairs if p.kind is kind], scores) for kind in PairKind},
        siblings=sibling_rank(groups, scores),
        calibration=reliability([scores[text] for text in known], outcomes),
        base_rate=sum(outcomes) / len(outcomes),
    )


def train_line(trees: Sequence[SearchTree], *, seed: int) -> tuple[Line, Calibration]:
    """A line through features, fitted on the trees' pairs, and its calibration. UsageError without a proof."""
    rng = random.Random(seed)
    pairs = _training_pairs(trees, rng)
    line = fit_line([(features(pair.better), features(pair.worse)) for pair in pairs], rng=rng)
    known = fates(trees)
    return line, fit_calibration([line.score(features(text)) for text in known], list(known.values()))


def train_heads(trees: Sequence[SearchTree], texts: TextReader, *, seed: int) -> tuple[Heads, Calibration]:
    """Heads for value and remaining steps on a model's hidden states, and the value's calibration."""
    import torch

    pairs = _training_pairs(trees, random.Random(seed))
    known = fates(trees)
    nodes = (node for tree in trees for node in tree.states.values())
    steps = {node.goals: node.remaining for node in nodes if node.remaining is not None}
    every = list(dict.fromkeys([text for p in pairs for text in (p.better, p.worse)] + [*known, *steps]))
    hidden = texts.read(every).cpu()
    at = {text: index for index, text in enumerate(every)}
    heads = fit_heads(
        hidden[[at[pair.better] for pair in pairs]],
        hidden[[at[pair.worse] for pair in pairs]],
        states=hidden[[at[text] for text in steps]],
        remaining=torch.tensor(list(steps.values())),
    )
    scores = (hidden[[at[text] for text in known]] @ torch.tensor(heads.value)).tolist()
    return heads, fit_calibration(scores, list(known.values()))


Scores = Callable[[Sequence[str]], Sequence[float]]
"""Raw scores of states by their texts."""


def line_scores(line: Line) -> Scores:
    """The scores of a line through features."""
    return lambda texts: [line.score(features(text)) for text in texts]


def head_scores(heads: Heads, texts: TextReader) -> Scores:
    """The scores of a head for value on a model's hidden states."""
    import torch

    def score(states: Sequence[str]) -> list[float]:
        found: list[float] = (texts.read(states).cpu() @ torch.tensor(heads.value)).tolist()
        return found

    return score


def held_out_accuracy(scores: Scores, trees: Sequence[SearchTree], *, seed: int) -> PairAccuracy:
    """The accuracy of the scores on pairs of open states; over no pairs if the trees hold no proof."""
    pairs = make_pairs(trees, rng=random.Random(seed), terminal_share=0.0)
    texts = list(dict.fromkeys(text for pair in pairs for text in (pair.better, pair.worse)))
    return pair_accuracy(pairs, dict(zip(texts, scores(texts) if texts else (), strict=True)))


def refuse_worse_than_chance(found: PairAccuracy) -> None:
    """Raises UsageError for a trained critic that orders most of the held-out pairs wrongly."""
    if found.is_worse_than_chance:
        raise UsageError(
            f"the trained critic is worse than chance: it {found}. It is not written; train on more theorems, or write "
            "it all the same with --force"
        )


def _training_pairs(trees: Sequence[SearchTree], rng: random.Random) -> list[Pair]:
    pairs = make_pairs(trees, rng=rng, terminal_share=0.0)
    if not pairs:
        raise UsageError("no proof of two steps or more in these traces: nothing to learn from")
    return pairs


def fates(trees: Sequence[SearchTree]) -> dict[str, bool]:
    """Every expanded state and whether a search proved it."""
    nodes = (node for tree in trees for node in tree.states.values())
    return {node.goals: node.is_proved for node in nodes if node.is_expanded}


def state_of(text: str) -> ProofState:
    """A proof state made of a traced state's text, the only part of a state that traces keep."""
    goals = tuple(_goal(part) for part in text.split("\n\n"))
    return ProofState(goals, text)


def _goal(pretty: str) -> Goal:
    from prover.models.fit import TURNSTILE

    return Goal(pretty.rpartition(TURNSTILE)[2].strip(), pretty=pretty)
