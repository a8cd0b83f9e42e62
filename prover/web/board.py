"""One search as the page shows it: its expansions become events of a feed, and any state can be asked for in full.

States have numbers, in the order in which they came up; the root is 0. The feed says how the tree grows, in short; what
was tried at a state, with all that Lean said, is told when somebody looks at it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from prover.driver.steering import Answer, Wish
from prover.learn.tree import StateNode, grow, leads_on
from prover.run.trace import TraceExpansion, TraceTactic
from prover.web.feed import Feed

_SHORT = 90  # letters of a goal or a tactic in the tree


class Steers(Protocol):
    """What has a wish done at a search that runs."""

    async def do(self, wish: Wish) -> Answer: ...


class Board:
    """The tree of one search. `refresh` has it look for what is new, where it has a source of its own. `steering` is
    there while the search runs."""

    steering: Steers | None = None

    def __init__(self) -> None:
        self.feed = Feed()
        self._states: dict[str, StateNode] = {}
        self._numbers: dict[str, int] = {}
        self._keys: list[str] = []

    async def refresh(self) -> None:
        """Do nothing: whoever searches calls `add`."""

    def begin_anew(self) -> None:
        """Forget everything; readers hear it by the new epoch."""
        Board.__init__(self)

    def begin(self, key: str, goals: str, steering: Steers) -> None:
        """Show the root, which can be steered from now on, before its first expansion has ended."""
        self.steering = steering
        self._number(key)
        self._states.setdefault(key, StateNode(key, goals))
        self.feed.append({"root": _goal(goals)})
        self.feed.append({"steerable": True})

    def steered(self, wish: Wish) -> None:
        """Somebody did something at the search."""
        self.feed.append({"act": str(wish.act), "at": self._numbers.get(wish.state, 0)})

    def end(self) -> None:
        """The search is over and can't be steered any more."""
        self.steering = None
        self.feed.append({"steerable": False})

    def add(self, expansion: TraceExpansion) -> None:
        is_new = expansion.key not in self._numbers  # the root, or one whose origin was lost with a damaged line
        number = self._number(expansion.key)
        node = grow(self._states, expansion)
        first_new = len(self._keys)
        steps = [
            [_short(tactic.written), tactic.log_prob, [self._number(key) for key in tactic.children]]
            for tactic in expansion.tactics
            if leads_on(tactic)
        ]
        closed = next((t for t in expansion.tactics if t.outcome == "proved"), None)
        event: dict[str, Any] = {
            "at": round(expansion.at_s, 3),
            "state": number,
            "tried": len(expansion.tactics),
            "value": expansion.value,
            "priority": expansion.priority,
            "steps": steps,
            "new": [_goal(self._states[key].goals) for key in self._keys[first_new:]],
        }
        if is_new:
            event["goal"] = _goal(node.goals)
        if expansion.is_cut:
            event["cut"] = True
        if closed is not None:
            event["closed"] = _short(closed.written)
        self.feed.append(event)

    def state(self, number: int) -> dict[str, Any] | None:
        """A state in full: its goals, the tactics to it, and everything that was tried on it, with Lean's answers."""
        if not 0 <= number < len(self._keys):
            return None
        node = self._states[self._keys[number]]
        return {
            "state": number,
            "key": node.key,
            "goals": node.goals,
            "path": node.path,
            "expanded": node.is_expanded,
            "value": node.value,
            "priority": node.priority,
            "tactics": [self._tactic(tactic) for tactic in _by_outcome(node.tactics)],
        }

    def key_of(self, number: int) -> str:
        """The key of a state, by which its search knows it. Raises ValueError if there is none."""
        if not 0 <= number < len(self._keys):
            raise ValueError(f"the search has no state {number}")
        return self._keys[number]

    def _number(self, key: str) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(self._keys)
            self._keys.append(key)
        return self._numbers[key]

    def _tactic(self, tactic: TraceTactic) -> dict[str, Any]:
        return {
            "tactic": tactic.written,
            "outcome": tactic.outcome,
            "kind": tactic.kind,
            "message": tactic.error,
            "log_prob": tactic.log_prob,
            "origin": tactic.origin,
            "lean_s": round(tactic.lean_s, 3),
            "children": [self._numbers[key] for key in tactic.children],
        }


_ORDER = ("proved", "advanced", "timed_out", "crashed", "rejected")


def _by_outcome(tactics: Iterable[TraceTactic]) -> list[TraceTactic]:
    return sorted(tactics, key=lambda tactic: _ORDER.index(tactic.outcome))


def _goal(goals: str) -> str:
    """The first goal's conclusion, in short."""
    first = goals.split("\n\n", 1)[0]
    return _short(first[first.rfind("⊢") :] if "⊢" in first else first)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"
