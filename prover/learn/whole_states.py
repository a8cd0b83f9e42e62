"""States at which every candidate was run, a success or not (`search.collecting`): what rules are learned from.

On such a state any order of the calls can be scored without Lean, and no label depends on the order that the search
had.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from prover.learn.tree import SearchTree, StateNode, build_tree
from prover.policy.builtin.kinds import Kind, kind_of
from prover.policy.builtin.table import ORIGIN
from prover.run.records import RunData, TheoremRecord
from prover.run.trace import TraceTactic, read_events, read_trace
from search.base import Advanced, ProofState
from search.events import Applied, Started
from search.split import merge_key, split

_EARLY = re.compile(r"^import Init\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Tried:
    """One call of a rule. `cost` is in thousands of heartbeats, `lean_s` in seconds; `is_success` is None where the
    call left goals that the search never tried."""

    rule: str
    factor: float
    cost: int
    lean_s: float
    is_success: bool | None


@dataclass(frozen=True, slots=True)
class WholeState:
    """A state with the kind of its first goal and all its calls. `module` is the theorem's module, or the theorem
    itself where it has none: what stands together stays together in a split."""

    module: str
    theorem: str
    key: str
    kind: Kind
    calls: tuple[Tried, ...]

    @property
    def is_proved(self) -> bool:
        """Whether a call was a success: from other states nobody knows what would be right."""
        return any(call.is_success for call in self.calls)


def whole_states(runs: Iterable[RunData]) -> list[WholeState]:
    """The whole states of some runs, each state of a theorem once, in the order of their keys."""
    found: dict[tuple[str, str], WholeState] = {}
    for run in runs:
        for record in run.records:
            for path in run.trace_paths(record):
                for state in _in_trace(path, record):
                    found.setdefault((state.theorem, state.key), state)
    return [found[key] for key in sorted(found)]


def _in_trace(path: Path, record: TheoremRecord) -> Iterator[WholeState]:
    expansions = list(read_trace(path)[1])
    tree = build_tree(expansions)
    whole = [expansion for expansion in expansions if expansion.is_whole]
    if tree is None or not whole or record.task is None:
        return
    states = _states(path)
    is_early = bool(_EARLY.search(record.task.context))
    for expansion in whole:
        state = states.get(expansion.key)
        if state is None:
            continue
        kind = kind_of(state.goals[0], is_early=is_early)
        node = tree.states[expansion.key]
        calls = tuple(_tried(tree, node, tactic) for tactic in expansion.tactics if tactic.origin.startswith(ORIGIN))
        module = record.task.meta.get("module", record.id)
        yield WholeState(module, record.id, expansion.key, kind, calls)


def _states(path: Path) -> Mapping[str, ProofState]:
    """The states of a trace by key; expansions keep only their text."""
    found: dict[str, ProofState] = {}
    for event in read_events(path):
        if isinstance(event, Started):
            found[merge_key(event.root)] = event.root
        elif isinstance(event, Applied):
            for outcome in event.outcomes:
                if isinstance(outcome, Advanced):
                    parts = split(outcome.state)
                    states = [outcome.state] if parts is None else [part for _, part in parts]
                    found.update((merge_key(state), state) for state in states)
    return found


def _tried(tree: SearchTree, node: StateNode, tactic: TraceTactic) -> Tried:
    return Tried(
        rule=tactic.origin.removeprefix(ORIGIN),
        factor=tactic.factor,
        cost=tactic.heartbeats,
        lean_s=tactic.lean_s,
        is_success=node.is_proved and tree.is_success(tactic) if tree.is_decided(tactic) else None,
    )
