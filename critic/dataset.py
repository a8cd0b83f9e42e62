"""Preference pairs and training targets from searched trees, as the published critic was trained on them.

On a proof, a later state is better than an earlier one (path pairs); a state on a proof is better than a sibling that
led nowhere (sibling pairs). Pairs with the finished state are thinned out. Splits are by theorem, never by pair.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from critic.model import NO_GOALS


class PairKind(StrEnum):
    """Where a pair comes from."""

    PATH = "path"
    SIBLING = "sibling"
    TERMINAL = "terminal"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two states of one theorem, the better one known. Texts as a critic sees them."""

    theorem: str
    better: str
    worse: str
    kind: PairKind


@dataclass(frozen=True, slots=True)
class Family:
    """The children of one state by different tactics: one on a proof, the others not. For ranking."""

    theorem: str
    on_path: str
    siblings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchedTree:
    """What a search saw of one theorem.

    `texts` are states by key; `tactics` gives for each expanded state the keys that each accepted tactic left, all of
    which have to be proved; no keys at all means that the tactic finished it.
    """

    theorem: str
    texts: Mapping[str, str]
    tactics: Mapping[str, Sequence[tuple[str, ...]]]

    def remaining(self) -> dict[str, int]:
        """For every provable state the fewest tactics that finish it, as far as the search knows."""
        best: dict[str, int] = {}
        is_settled = False
        while not is_settled:
            is_settled = True
            for key, ways in self.tactics.items():
                costs = [1 + sum(best[child] for child in way) for way in ways if all(c in best for c in way)]
                if costs and min(costs) < best.get(key, 1 << 60):
                    best[key] = min(costs)
                    is_settled = False
        return best


def path_pairs(tree: SearchedTree, remaining: Mapping[str, int]) -> Iterator[Pair]:
    """Every two states of a shortest proof's chains, and each of its last states with the finished one."""
    seen: set[tuple[str, str]] = set()
    for key in remaining:
        chain = [key]
        for later in _chain(tree, key, remaining):
            if later is None:
                yield Pair(tree.theorem, NO_GOALS, tree.texts[chain[0]], PairKind.TERMINAL)
            elif (chain[0], later) not in seen and tree.texts[later] != tree.texts[chain[0]]:
                seen.add((chain[0], later))
                yield Pair(tree.theorem, tree.texts[later], tree.texts[chain[0]], PairKind.PATH)


def families(tree: SearchedTree, remaining: Mapping[str, int]) -> Iterator[Family]:
    """Each provable state's best child, with the children by other tactics that led nowhere."""
    for key in remaining:
        best = _best(tree, key, remaining)
        if not best:
            continue
        on_path = "\n\n".join(tree.texts[child] for child in best)
        others = {
            "\n\n".join(tree.texts[child] for child in way)
            for way in tree.tactics[key]
            if way and any(child not in remaining for child in way) and all(c in tree.texts for c in way)
        }
        others.discard(on_path)
        if others:
            yield Family(tree.theorem, on_path, tuple(sorted(others)))


def make_pairs(
    trees: Iterable[SearchedTree], *, rng: random.Random, terminal_share: float = 0.1, max_per_theorem: int = 2000
) -> list[Pair]:
    """All pairs without duplicates, those with the finished state thinned to `terminal_share` of themselves."""
    pairs: dict[tuple[str, str], Pair] = {}
    for tree in trees:
        remaining = tree.remaining()
        own = list(path_pairs(tree, remaining))
        for family in families(tree, remaining):
            own += [Pair(tree.theorem, family.on_path, other, PairKind.SIBLING) for other in family.siblings]
        kept = [pair for pair in own if pair.kind is not PairKind.TERMINAL or rng.random() < terminal_share]
        for pair in rng.sample(kept, min(len(kept), max_per_theorem)):
            pairs.setdefault((pair.better, pair.worse), pair)
    return [pair for key, pair in pairs.items() if (key[1], key[0]) not in pairs]  # both ways round says nothing


def is_held_out(theorem: str, share: float = 0.2) -> bool:
    """Whether a theorem belongs to the test part: by its name alone, so the same in every run."""
    digest = hashlib.blake2b(theorem.encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64 < share


def _best(tree: SearchedTree, key: str, remaining: Mapping[str, int]) -> tuple[str, ...]:
    """What the tactic that leads out soonest leaves."""
    ways = [way for way in tree.tactics.get(key, ()) if all(child in remaining for child in way)]
    return min(ways, key=lambda way: (sum(remaining[child] for child in way), way))


def _chain(tree: SearchedTree, key: str, remaining: Mapping[str, int]) -> Iterator[str | None]:
    """The states after `key` on its proof, every branch; None where one is finished."""
    waiting = list(_best(tree, key, remaining))
    if not waiting:
        yield None
    while waiting:
        state = waiting.pop()
        yield state
        waiting += _best(tree, state, remaining)
