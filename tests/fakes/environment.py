"""A world without Lean in which every outcome follows from a hash: large, irregular, and the same every time.

There are `num_goals` goals, named by numbers; what tactic `tN` does to goal `g` depends on a hash of (seed, g, N). A
tactic acts on the first goal of a state, like Lean's. Few goals make merges and cycles frequent. With `num_names` above
1 every goal has a hypothesis under one of several names, and a tactic is `tN hK`: it fails where the name is another.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass

from search.base import (
    Advanced,
    Crashed,
    Goal,
    Hypothesis,
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
    num_names: int = 1

    @functools.cache  # noqa: B019 (a world is a few numbers)
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

    def name_of(self, goal: int, tactic: str, index: int) -> int:
        """The name that a tactic gives to the hypothesis of the goal it leaves."""
        return draw(self.seed, "name", goal, tactic, index) % self.num_names

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
    """Open goals: number, metavariable group (0: it shares none), and the name of its hypothesis."""

    goals: tuple[tuple[int, int, int], ...]
    num_names: int = 1

    def state(self) -> ProofState:
        """As the search sees it."""
        groups: dict[object, list[int]] = {}
        for index, (_, group, _) in enumerate(self.goals):
            groups.setdefault(group or ("alone", index), []).append(index)
        goals = tuple(self._goal(goal, name) for goal, _, name in self.goals)
        order = tuple(sorted(tuple(members) for members in groups.values()))
        key = "s" + ",".join(f"{goal}.{group}" for goal, group, _ in self.normal().goals)
        return ProofState(goals=goals, key=key if len(goals) > 1 else goals[0].key, groups=order)

    def _goal(self, number: int, name: int) -> Goal:
        target, key = f"P {number}", f"g{number}"
        if self.num_names == 1:
            return Goal(target=target, pretty=f"⊢ {target}", key=key, head="P")
        hypothesis = Hypothesis(f"h{name}", "Q")
        return Goal(target=target, hypotheses=(hypothesis,), pretty=f"h{name} : Q\n⊢ {target}", key=key, head="P")

    def normal(self) -> Open:
        """With the groups renumbered in order of appearance, and groups of one dissolved."""
        sizes: dict[int, int] = {}
        for _, group, _ in self.goals:
            sizes[group] = sizes.get(group, 0) + 1
        names: dict[int, int] = {}
        return self.with_goals(
            (goal, names.setdefault(group, len(names) + 1) if group and sizes[group] > 1 else 0, name)
            for goal, group, name in self.goals
        )

    def with_goals(self, goals: Iterable[tuple[int, int, int]]) -> Open:
        """Other goals in the same world."""
        return Open(tuple(goals), self.num_names)

    def focused(self, focus: tuple[int, ...] | None) -> Open:
        """With the other goals set aside."""
        return self if focus is None else self.with_goals(self.goals[i] for i in focus).normal()


@functools.cache
def step(world: World, state: Open, text: str) -> Open | str:
    """One tactic on the first goal; an empty `Open` when nothing is left, a word when Lean would not do it."""
    (goal, group, held), rest = state.goals[0], state.goals[1:]
    tactic, _, named = text.partition(" ")
    if named != ("" if world.num_names == 1 else f"h{held}"):
        return "rejected"
    after = world.goals_after(goal, tactic)
    if isinstance(after, str):
        return after
    fresh = max((g for _, g, _ in state.goals), default=0) + 1
    joined = group or (fresh if len(after) > 1 and world.is_coupled(goal, tactic) else 0)
    new = tuple((child, joined, world.name_of(goal, tactic, i)) for i, child in enumerate(after))
    return state.with_goals(new + rest).normal()


class FakeEnvironment:
    """`search.base.Environment` over a `World`. `calls` counts the tactics that were run."""

    handful = 8
    """Calls between two outcomes that `stream` tells of."""
    opening_s = 0.0
    before_s = 0.0

    def __init__(self, world: World, root: int = 0) -> None:
        self.world = world
        self._root = Open(((root, 0, 0),), world.num_names)
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
        after = step(self.world, state, tactic) if "\n" not in tactic else run_block(self.world, state, tactic)
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

    async def stream(
        self, path: Path, calls: Sequence[TacticCall], left_s: float = 0.0
    ) -> AsyncGenerator[Sequence[Outcome], None]:
        """`handful` calls at a time."""
        for start in range(0, len(calls), self.handful):
            yield await self.apply(path, calls[start : start + self.handful])

    async def premises(self, path: Path, limit: int) -> Sequence[Premise]:
        """None are known."""
        return ()

    async def close(self) -> None:
        """Nothing to release."""


def check_script(world: World, root: int, script: str) -> None:
    """Run a proof script with bullets and `rotate_left` as Lean would; AssertionError unless it closes the root."""
    left = _run_block(world, Open(((root, 0, 0),), world.num_names), script.split("\n"), 0)
    if left.goals:
        raise AssertionError(f"{len(left.goals)} goals are left after:\n{script}")


def run_block(world: World, state: Open, script: str) -> Open | str:
    """A script as one tactic: the goals it leaves, or "rejected"."""
    try:
        return _run_block(world, state, script.split("\n"), 0)
    except AssertionError:
        return "rejected"


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
            if not state.goals:
                raise AssertionError(f"no goals are left for {line!r}")
            block = [" " * (column + 2) + text[2:], *lines[position + 1 : end]]
            left = _run_block(world, state.focused((0,)), block, column + 2)
            if left.goals:
                raise AssertionError(f"a bullet leaves goals: {block}")
            state = state.with_goals(state.goals[1:])
            position = end
            continue
        if text.startswith("rotate_left "):
            turns = int(text.split()[1])
            state = state.with_goals(state.goals[turns:] + state.goals[:turns])
        else:
            if not state.goals:
                raise AssertionError(f"no goals are left for {text}")
            after = step(world, state, text)
            if isinstance(after, str):
                raise AssertionError(f"{text} was {after}")
            state = after
        position += 1
    return state
