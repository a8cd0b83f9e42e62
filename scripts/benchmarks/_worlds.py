"""Generated AND-OR graphs with known solutions: a Lean that is a hash function, a policy that is right on average.

Goals are numbers; a tactic leaves up to three goals of one, or closes it, or is refused, as a hash of the world, the
goal and the tactic says. Difficulty falls at random along the way, so most worlds have proofs, at various depths.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from search.base import Advanced, Candidate, Goal, LogProb, Outcome, ProofState, Proved, Rejected, RejectKind

_GOALS = 3000
_TACTICS = 8


@dataclass(frozen=True)
class World:
    """One graph. Goals with greater numbers are easier: tactics lead upwards, and the last ones can be closed."""

    seed: int

    @property
    def root(self) -> ProofState:
        """The hardest goal."""
        return _state((0,))

    def after(self, goal: int, tactic: int) -> tuple[int, ...] | None:
        """The goals that a tactic leaves, or None if it is refused."""
        roll = self._draw("kind", goal, tactic) % 100
        if roll < 55:
            return None
        close = 30 * goal // _GOALS
        if roll >= 100 - close:
            return ()
        count = (1, 1, 1, 2, 2, 3)[self._draw("count", goal, tactic) % 6]
        return tuple(self._step(goal, tactic, i) for i in range(count))

    def run(self, state: ProofState, tactics: Sequence[str]) -> list[Outcome]:
        """What becomes of tactics `tN` on a state of one goal."""
        outcomes: list[Outcome] = []
        for tactic in tactics:
            after = self.after(int(state.goals[0].key), int(tactic[1:]))
            if after is None:
                outcomes.append(Rejected(RejectKind.ERROR, "refused"))
            elif after:
                outcomes.append(Advanced(_state(after), tactic))
            else:
                outcomes.append(Proved(tactic))
        return outcomes

    def _step(self, goal: int, tactic: int, index: int) -> int:
        """The next goal: mostly a good deal easier, sometimes a bit harder (so there are cycles and merges)."""
        move = self._draw("step", goal, tactic, index) % 500 - 40
        return min(_GOALS - 1, max(1, goal + move)) // 5 * 5

    def _draw(self, *parts: object) -> int:
        text = "/".join(map(str, (self.seed, *parts)))
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big")


def _state(goals: tuple[int, ...]) -> ProofState:
    """Independent goals. Their text is as long as they are hard, so that a heuristic has something to see."""
    made = tuple(Goal("x " * ((_GOALS - goal) // 100), key=str(goal)) for goal in goals)
    return ProofState(made, ",".join(map(str, goals)), tuple((i,) for i in range(len(goals))))


def planted_policy(world: World, state: ProofState) -> list[Candidate]:
    """Every tactic, with log-probabilities that favour what helps, under noise: right more often than not."""
    goal = int(state.goals[0].key)
    weights = []
    for tactic in range(_TACTICS):
        after = world.after(goal, tactic)
        noise = world._draw("noise", goal, tactic) % 1000 / 1000.0
        gain = 0.2 if after is None else 1.0 if not after else max(0.1, min((g - goal) / 400 for g in after))
        weights.append(math.exp(1.5 * gain + 2.0 * noise))
    total = sum(weights)
    scored = [(math.log(weight / total), tactic) for tactic, weight in enumerate(weights)]
    return [Candidate(f"t{tactic}", LogProb(p), 1 + tactic % 3) for p, tactic in sorted(scored, reverse=True)]


def optimum(world: World) -> tuple[int, int] | None:
    """The fewest expansions that can prove the root (distinct goals in the best proof found by relaxation, a goal that
    occurs twice counted once), and the fewest tactics of a written proof (counted as often as they are written).

    None if there is no proof. The first number is an upper bound of the true optimum, exact when the shortest proof
    also has the fewest distinct goals.
    """
    goals = _reachable(world)
    length: dict[int, int] = {}
    choice: dict[int, tuple[int, ...]] = {}
    changed = True
    while changed:
        changed = False
        for goal in goals:
            for tactic in range(_TACTICS):
                after = world.after(goal, tactic)
                if after is None or any(g not in length for g in after):
                    continue
                cost = 1 + sum(length[g] for g in after)
                if cost < length.get(goal, cost + 1):
                    length[goal], choice[goal] = cost, after
                    changed = True
    if 0 not in length:
        return None
    used, work = {0}, [0]
    while work:
        new = set(choice[work.pop()]) - used
        used |= new
        work.extend(new)
    return len(used), length[0]


def _reachable(world: World) -> list[int]:
    seen, work = {0}, [0]
    while work:
        goal = work.pop()
        for tactic in range(_TACTICS):
            new = set(world.after(goal, tactic) or ()) - seen
            seen |= new
            work.extend(new)
    return sorted(seen, reverse=True)
