"""A world without Lean in which every outcome follows from a hash: large, irregular, and the same every time.

There are `num_goals` goals, named by numbers; what tactic `tN` does to goal `g` depends on a hash of (seed, g, N). A
tactic acts on the first goal of a state, like Lean's. Few goals make merges and cycles frequent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from search.base import (
    Advanced,
    Crashed,
    Goal,
    LimitKind,
    Outcome,
    Path,
    Premise,
    ProofState,
    Proved,
    Rejected,
    RejectKind,
    TacticCall,
    TimedOut,
)


def draw(*parts: object) -> int:
    """A number in [0, 2**32) that depends on the parts alone."""
    digest = hashlib.blake2b("/".join(map(str, parts)).encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big")


@dataclass(frozen=True)
class World:
    """The rules. `shares` are relative frequencies of: rejected, limit, crash, closed, advanced."""

    seed: int = 0
    num_goals: int = 30
    num_tactics: int = 6
    shares: tuple[int, int, int, int, int] = (50, 3, 1, 6, 40)
    coupled: int = 15

    def goals_after(self, goal: int, tactic: str) -> tuple[int, ...] | str:
        """The goals that a tactic leaves of one goal, or what went wrong."""
        kinds = ("rejected", "limit", "crash", "closed", "advanced")
        roll = draw(self.seed, "kind", goal, tactic) % sum(self.shares)
        kind = ""
        for name, share in zip(kinds, self.shares, strict=True):
            kind = name
            if roll < share:
                break
            roll -= share
        if kind == "closed":
            return ()
        if kind != "advanced":
            return kind
        count = (1, 1, 1, 2, 2, 3)[draw(self.seed, "count", goal, tactic) % 6]
        return tuple(draw(self.seed, "child", goal, tactic, i) % self.num_goals for i in range(count))

    def is_coupled(self, goal: int, tactic: str) -> bool:
        """Whether the goals that a tactic leaves share a metavariable."""
        return draw(self.seed, "coupled", goal, tactic) % 100 < self.coupled

    def provable(self) -> set[int]:
        """The goals that some finite sequence of tactics closes: the truth a search has to agree with."""
        known: set[int] = set()
        changed = True
        while changed:
            changed = False
            for goal in set(range(self.num_goals)) - known:
                for n in range(self.num_tactics):
                    after = self.goals_after(goal, f"t{n}")
                    if not isinstance(after, str) and known.issuperset(after):
                        known.add(goal)
                        changed = True
                        break
        return known


@dataclass(frozen=True)
class Open:
    """Open goals, each with the number of its metavariable group (0: it shares none)."""

    goals: tuple[tuple[int, int], ...]

    def state(self) -> ProofState:
        """As the search sees it."""
        groups: dict[object, list[int]] = {}
        for index, (_, group) in enumerate(self.goals):
            groups.setdefault(group or ("alone", index), []).append(index)
        goals = tuple(_goal(goal) for goal, _ in self.goals)
        order = tuple(sorted(tuple(members) for members in groups.values()))
        key = "s" + ",".join(f"{goal}.{group}" for goal, group in self.normal().goals)
        return ProofState(goals=goals, key=key if len(goals) > 1 else goals[0].key, groups=order)

    def normal(self) -> Open:
        """With the groups renumbered in order of appearance, and groups of one dissolved."""
        sizes: dict[int, int] = {}
        for _, group in self.goals:
            sizes[group] = sizes.get(group, 0) + 1
        names: dict[int, int] = {}
        return Open(
            tuple(
                (goal, names.setdefault(group, len(names) + 1) if group and sizes[group] > 1 else 0)
                for goal, group in self.goals
            )
        )

    def focused(self, focus: tuple[int, ...] | None) -> Open:
        """With the other goals set aside."""
        return self if focus is None else Open(tuple(self.goals[i] for i in focus)).normal()


def _goal(number: int) -> Goal:
    return Goal(target=f"P {number}", pretty=f"⊢ P {number}", key=f"g{number}", head="P")


def step(world: World, state: Open, tactic: str) -> Open | str:
    """One tactic on the first goal; an empty `Open` when nothing is left, a word when Lean would not do it."""
    (goal, group), rest = state.goals[0], state.goals[1:]
    after = world.goals_after(goal, tactic)
    if isinstance(after, str):
        return after
    fresh = max((g for _, g in state.goals), default=0) + 1
    if group:
        new = tuple((child, group) for child in after)
    elif len(after) > 1 and world.is_coupled(goal, tactic):
        new = tuple((child, fresh) for child in after)
    else:
        new = tuple((child, 0) for child in after)
    return Open(new + rest).normal()


class FakeEnvironment:
    """`search.base.Environment` over a `World`. `calls` counts the tactics that were run."""

    def __init__(self, world: World, root: int = 0) -> None:
        self.world = world
        self._root = Open(((root, 0),))
        self.calls = 0

    @property
    def root(self) -> ProofState:
        """The state before any tactic."""
        return self._root.state()

    def open_at(self, path: Path) -> Open:
        """Replay; a path that doesn't replay is a bug of whoever made it."""
        state = self._root
        for path_step in path:
            after = step(self.world, state, path_step.tactic)
            if isinstance(after, str):
                raise AssertionError(f"the path {path} does not replay: {after}")
            state = after.focused(path_step.focus)
        return state

    def run(self, path: Path, calls: Sequence[TacticCall]) -> list[Outcome]:
        """`apply` without the waiting."""
        state = self.open_at(path)
        self.calls += len(calls)
        return [self._outcome(state, call.text) for call in calls]

    def _outcome(self, state: Open, tactic: str) -> Outcome:
        after = step(self.world, state, tactic)
        match after:
            case "rejected":
                return Rejected(RejectKind.ERROR, f"tactic '{tactic}' failed", lean_s=0.001)
            case "limit":
                return TimedOut(LimitKind.WALL, lean_s=1.0)
            case "crash":
                return Crashed("the worker ended")
            case Open(goals=()):
                return Proved(text=tactic, lean_s=0.001)
            case Open():
                return Advanced(state=after.state(), text=tactic, lean_s=0.001)
            case _:
                raise AssertionError(after)

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        """One outcome per call, in order."""
        return self.run(path, calls)

    async def premises(self, path: Path, limit: int) -> Sequence[Premise]:
        """None are known."""
        return ()

    async def close(self) -> None:
        """Nothing to release."""


def check_script(world: World, root: int, script: str) -> None:
    """Run a proof script with bullets and `rotate_left` as Lean would; AssertionError unless it closes the root."""
    left = _run_block(world, Open(((root, 0),)), script.split("\n"), 0)
    if left.goals:
        raise AssertionError(f"{len(left.goals)} goals are left after:\n{script}")


def _run_block(world: World, state: Open, lines: list[str], column: int) -> Open:
    position = 0
    while position < len(lines):
        line = lines[position]
        text = line[column:]
        if line[:column].strip() or text.startswith(" "):
            raise AssertionError(f"bad indentation: {line!r}")
        if text.startswith("· "):
            end = position + 1
            while end < len(lines) and lines[end].startswith(" " * (column + 2)):
                end += 1
            block = [" " * (column + 2) + text[2:], *lines[position + 1 : end]]
            left = _run_block(world, state.focused((0,)), block, column + 2)
            if left.goals:
                raise AssertionError(f"a bullet leaves goals: {block}")
            state = Open(state.goals[1:])
            position = end
            continue
        if text.startswith("rotate_left "):
            turns = int(text.split()[1])
            state = Open(state.goals[turns:] + state.goals[:turns])
        else:
            after = step(world, state, text)
            if isinstance(after, str):
                raise AssertionError(f"{text} was {after}")
            state = after
        position += 1
    return state
