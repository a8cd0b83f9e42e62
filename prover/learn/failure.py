"""Why a theorem of a run has no proof: what its result and its traces say, put together."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias

from prover.learn.traces import read_tree
from prover.learn.tree import SearchTree, StateNode, leads_on
from prover.run.folder import plan_path
from prover.run.records import RunData, TheoremRecord
from prover.run.result import FALSE_FOR, Status, TheoremResult
from prover.run.trace import TraceTactic, trace_path

_NEAREST = 3
_COSTLIEST = 3
_NAMES = 5
_NOUNS = "module prefix|package|identifier|constant|attribute|namespace|tactic"
_UNKNOWN = re.compile(
    rf"[Uu]nknown (?:{_NOUNS})\s+[`'‘]([^`'’]+)[`'’]|object file '[^']*' of module (\S+) does not exist"
    r"|The identifier `([^`]+)` is unknown"  # at the end of other messages
)
_ILL_TYPED = "it does not elaborate"
_NO_TACTIC = re.compile(r"unknown tactic")


class Cause(StrEnum):
    """What kept a theorem from being proved, in one word."""

    PROVED = "proved"
    NOT_REACHED = "not_reached"
    FALSE_STATEMENT = "false_statement"
    MISSING_IMPORT = "missing_import"  # a module, or a name of the statement, that this Lean does not have
    MISSING_NAMES = "missing_names"  # most tactics name what this Lean does not have
    DOES_NOT_ELABORATE = "does_not_elaborate"
    REFUSED_INPUT = "refused_input"
    WORKER_LOST = "worker_lost"
    MODEL_FAULT = "model_fault"
    REJECTED = "rejected"
    UNJUDGED = "unjudged"
    UNANSWERED = "unanswered"
    FALSE_HOLE = "false_hole"
    ALL_REFUSED = "all_refused"
    OUT_OF_TIME = "out_of_time"
    OUT_OF_BUDGET = "out_of_budget"
    EXHAUSTED = "exhausted"
    INTERRUPTED = "interrupted"


IN_WORDS = {
    Cause.PROVED: "it is proved",
    Cause.NOT_REACHED: "the run has not come to it yet",
    Cause.FALSE_STATEMENT: "the statement is false: the judge accepted a proof of its negation",
    Cause.MISSING_IMPORT: "it needs what this Lean does not have",
    Cause.MISSING_NAMES: "most tactics name what this Lean does not have",
    Cause.DOES_NOT_ELABORATE: "its statement does not elaborate",
    Cause.REFUSED_INPUT: "it was refused as no theorem to prove",
    Cause.WORKER_LOST: "Lean was lost under it, so nothing is known",
    Cause.MODEL_FAULT: "the policy or the critic failed",
    Cause.REJECTED: "the judge rejects the proofs that were found",
    Cause.UNJUDGED: "the judge could not decide about the proof that was found",
    Cause.UNANSWERED: "its time ended before Lean answered one tactic",
    Cause.FALSE_HOLE: "a goal that its begun proof leaves is false, so nothing finishes it",
    Cause.ALL_REFUSED: "Lean refused every tactic that was tried",
    Cause.OUT_OF_TIME: "its time ended before its search did",
    Cause.OUT_OF_BUDGET: "its budget was used up before its search ended",
    Cause.EXHAUSTED: "every tactic that the policy offers was tried",
    Cause.INTERRUPTED: "the run was stopped while it was searched",
}
"""What each cause says to people."""

_BY_REASON = {
    "contradiction": Cause.FALSE_STATEMENT,
    "lean_fault": Cause.WORKER_LOST,
    "lost": Cause.WORKER_LOST,
    "model_fault": Cause.MODEL_FAULT,
    "rejected": Cause.REJECTED,
    "unjudged": Cause.UNJUDGED,
    "unanswered": Cause.UNANSWERED,
    "refused": Cause.REFUSED_INPUT,
    "refused_type": Cause.REFUSED_INPUT,
    "does_not_elaborate": Cause.DOES_NOT_ELABORATE,
    "wall_time": Cause.OUT_OF_TIME,
    "lean_time": Cause.OUT_OF_TIME,
    "expansions": Cause.OUT_OF_BUDGET,
    "tactics": Cause.OUT_OF_BUDGET,
    "tokens": Cause.OUT_OF_BUDGET,
    "exhausted": Cause.EXHAUSTED,
    "cancelled": Cause.INTERRUPTED,
}
_OF_THE_SEARCH = frozenset((Cause.OUT_OF_TIME, Cause.OUT_OF_BUDGET, Cause.EXHAUSTED))


@dataclass(frozen=True, slots=True)
class Near:
    """A state that is still to be proved; `value` is the critic's, `tried` counts the tactics that were tried there."""

    goals: str
    depth: int
    tried: int
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """What all tactics that begin with one word took of Lean's time."""

    word: str
    lean_s: float
    tried: int
    accepted: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a theorem has no proof. `limits` and `used` are those of its last attempt, by name; `states` counts states by
    what became of them (open, dead, proved); `refusals` counts refused tactics by the class of the refusal; `missing`
    names what does not exist here; `beside` says what became of the searches for its negation and for a contradiction;
    `holes` are the lines of the `sorry`s that are left of several, and `holes_said` what is known of some of these;
    `plan` counts what sketches came to, and `plan_said` is the last that was wrong with one."""

    id: str
    cause: Cause
    status: Status
    stop_reason: str
    error: str = ""
    limits: Mapping[str, float] = field(default_factory=dict)
    used: Mapping[str, float] = field(default_factory=dict)
    states: Mapping[str, int] = field(default_factory=dict)
    nearest: tuple[Near, ...] = ()
    refusals: Mapping[str, int] = field(default_factory=dict)
    costliest: tuple[Cost, ...] = ()
    missing: tuple[str, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict)
    holes: tuple[int, ...] = ()
    holes_said: tuple[str, ...] = ()
    was_negation_tried: bool = False
    plan: Mapping[str, float] = field(default_factory=dict)
    plan_said: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


TreeOf: TypeAlias = Callable[[str], SearchTree | None]
"""The search with a note: "" is the statement's, `hole1` its first `sorry`'s, `disproof` its negation's."""


def failure_of(run: RunData, record: TheoremRecord) -> Failure:
    """What the run's folder says about a theorem. Raises RunFolderError if a trace can't be read."""
    final = record.final
    if final is None:
        return Failure(record.id, Cause.NOT_REACHED, Status.UNKNOWN, "not reached")

    def tree_of(note: str) -> SearchTree | None:
        path = trace_path(run.path, record.stem, final.attempt, note)
        return read_tree(path) if path.exists() else None

    return replace(why(final, tree_of), plan_said=_plan_said(plan_path(run.path, record.stem, final.attempt)))


def why(final: TheoremResult, tree_of: TreeOf) -> Failure:
    """What a result and the searches that led to it say about its theorem."""
    trees = list(_trees(final, tree_of))
    tactics = [tactic for tree in trees for node in tree.states.values() for tactic in node.tactics]
    missing = _missing(final.error, tactics)
    limits = {name: limit for name, limit in asdict(final.usage.limits).items() if limit is not None}
    used = {name: getattr(final, name) for name in ("expansions", "tactics", "lean_s")}
    marked = [(tree, _dead_states(tree)) for tree in trees]
    return Failure(
        id=final.id,
        cause=_cause(final, tactics, missing),
        status=final.status,
        stop_reason=final.stop_reason,
        error=final.error,
        limits=limits,
        used={**used, "tokens": final.usage.tokens, "wall_s": final.elapsed_s},
        states=_counted(marked),
        nearest=_nearest(marked),
        refusals=dict(Counter(tactic.kind or "error" for tactic in tactics if tactic.outcome == "rejected")),
        costliest=_costliest(tactics),
        missing=tuple(name for name, _ in missing.most_common(_NAMES)),
        beside=_beside(final, tree_of),
        holes=tuple(hole.line for hole in final.holes if hole.proof is None),
        holes_said=tuple(_holes_said(final)),
        was_negation_tried="disproof" in final.usage.beside,
        plan=final.usage.plan,
    )


def _holes_said(final: TheoremResult) -> Iterator[str]:
    """What is known of the holes that are left beside the end of a search."""
    for hole in final.holes:
        if hole.proof is None and hole.stop_reason not in _BY_REASON:
            yield f"line {hole.line}: {hole.stop_reason}"


def _plan_said(path: Path) -> str:
    """The last event of a plan's record that says what was wrong with a sketch: it was refused, or a goal is false."""
    said = ""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else ():
        try:
            event = json.loads(line)
            if event["event"] == "refused" and event["said"]:
                said = f"refused: {str(event['said'][0]).splitlines()[0]}"
            elif event["event"] == "sketch" and event["disproofs"]:
                said = f"false: {str(event['disproofs'][0]['goal']).splitlines()[-1]}"
        except (ValueError, KeyError, TypeError, IndexError):
            continue  # the line that was being written when the run was killed
    return said


def _trees(final: TheoremResult, tree_of: TreeOf) -> Iterator[SearchTree]:
    """The search of the attempt that counts; of several `sorry`s those of the ones that are left."""
    notes = [f"hole{number}" for number, hole in enumerate(final.holes, start=1) if hole.proof is None]
    for note in notes if len(final.holes) > 1 else [""]:
        if (tree := tree_of(note)) is not None:
            yield tree


def _cause(final: TheoremResult, tactics: Sequence[TraceTactic], missing: Counter[str]) -> Cause:
    if final.status in (Status.PROVED, Status.DISPROVED):
        return Cause.PROVED if final.status is Status.PROVED else Cause.FALSE_STATEMENT
    by_reason = _BY_REASON.get(final.stop_reason, Cause.EXHAUSTED)
    if final.status is Status.INVALID and _UNKNOWN.search(final.error):
        return Cause.MISSING_IMPORT
    if by_reason is Cause.REFUSED_INPUT and _ILL_TYPED in final.error:
        return Cause.DOES_NOT_ELABORATE
    if by_reason in _OF_THE_SEARCH and any(hole.stop_reason.startswith(FALSE_FOR) for hole in final.holes):
        return Cause.FALSE_HOLE
    if by_reason not in _OF_THE_SEARCH or not tactics:
        return by_reason
    outcomes = Counter(tactic.outcome for tactic in tactics)
    if 2 * outcomes["crashed"] > len(tactics):
        return Cause.WORKER_LOST
    if 2 * missing.total() > len(tactics):
        return Cause.MISSING_NAMES
    if outcomes["rejected"] and not any(tactic.is_accepted for tactic in tactics):
        return Cause.ALL_REFUSED
    return by_reason


def _missing(error: str, tactics: Iterable[TraceTactic]) -> Counter[str]:
    """The names that Lean does not know, each with the number of messages that say so."""
    found = Counter(_names(error))
    for tactic in tactics:
        found.update(dict.fromkeys(_names(tactic.error), 1))
        if tactic.kind == "parse" and _NO_TACTIC.search(tactic.error):
            found[tactic.tactic.split(maxsplit=1)[0]] += 1
    return found


def _names(said: str) -> list[str]:
    return list(map("".join, _UNKNOWN.findall(said)))


# ---------------------------------------------------------------------------------------------------------- states


def _dead_states(tree: SearchTree) -> set[str]:
    """The keys of the states at which nothing is left to try: each accepted tactic, if there is one, leads to a dead
    state, and none ran into a limit."""
    dead: set[str] = set()
    grew = True
    while grew:
        fresh = {key for key, node in tree.states.items() if key not in dead and _is_dead(node, dead)}
        dead |= fresh
        grew = bool(fresh)
    return dead


def _is_dead(node: StateNode, dead: set[str]) -> bool:
    if not node.is_expanded or node.is_cut or node.is_proved:
        return False
    if any(tactic.outcome in ("timed_out", "crashed") for tactic in node.tactics):
        return False
    return all(dead.intersection(tactic.children) for tactic in node.tactics if leads_on(tactic))


_Marked = Sequence[tuple[SearchTree, set[str]]]


def _counted(marked: _Marked) -> dict[str, int]:
    counts = {"open": 0, "dead": 0, "proved": 0}
    for tree, dead in marked:
        for key, node in tree.states.items():
            counts["proved" if node.is_proved else "dead" if key in dead else "open"] += 1
    return counts if marked else {}


def _nearest(marked: _Marked) -> tuple[Near, ...]:
    """The open states that a critic likes best; without one, those with the shortest goals."""
    states = [
        Near(node.goals, node.depth, len(node.tactics), node.value)
        for tree, dead in marked
        for key, node in tree.states.items()
        if not node.is_proved and key not in dead
    ]
    states.sort(key=lambda near: (-(near.value or 0.0), len(near.goals)))
    return tuple(states[:_NEAREST])


def _costliest(tactics: Iterable[TraceTactic]) -> tuple[Cost, ...]:
    groups: dict[str, list[TraceTactic]] = {}
    for tactic in tactics:
        words = re.match(r"[\w.?!]+", tactic.tactic)
        groups.setdefault(words.group() if words else tactic.tactic[:1], []).append(tactic)
    costs = [
        Cost(word, round(sum(t.lean_s for t in group), 3), len(group), sum(t.is_accepted for t in group))
        for word, group in groups.items()
    ]
    return tuple(sorted(costs, key=lambda cost: -cost.lean_s)[:_COSTLIEST])


def _beside(final: TheoremResult, tree_of: TreeOf) -> dict[str, str]:
    """How each search beside the statement's ended, and what part of its states it proved."""
    said: dict[str, str] = {}
    for note, ended in final.usage.beside.items():
        tree = tree_of(note)
        proved = 0 if tree is None else sum(node.is_proved for node in tree.states.values())
        said[note] = ended if tree is None else f"{ended}; {proved} of {len(tree.states)} states proved"
    return said
