"""The messages of `docs/protocol.md` as typed values. The names on the wire stay in this file.

A request's `wire` is its JSON object; the `read_*` functions read answers, ignore unknown fields and raise
`ProtocolFault` for unknown values. Goals are read into the vocabulary of `search.base`. No I/O here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, TypeAlias

from prover.errors import ProtocolFault
from prover.lean.json_fields import Json, field, items, number, texts
from prover.lean.rendered_goals import goal_of
from search.base import Goal, Hypothesis, LimitKind, Premise, ProofState, RejectKind, TacticCall

# ------------------------------------------------------------------------------------------------------ requests


@dataclass(frozen=True, slots=True)
class Hello:
    """Ask for the server's name, version and capabilities."""

    def wire(self) -> dict[str, Any]:
        return {"hello": True}


@dataclass(frozen=True, slots=True)
class Command:
    """Elaborate a whole text, within `limit_s` seconds if they are given. Without `env` it starts from its header."""

    text: str
    env: int | None = None
    limit_s: float | None = None

    def wire(self) -> dict[str, Any]:
        env = {} if self.env is None else {"env": self.env}
        limit = {} if self.limit_s is None else {"wallMs": round(self.limit_s * 1000)}
        return {"cmd": self.text, **env, **limit}


@dataclass(frozen=True, slots=True)
class RunTactics:
    """Run each call on the same state, independently of the others. `focus` are the indices of the goals to which the
    state is restricted; None: all."""

    state: int
    calls: tuple[TacticCall, ...]
    focus: tuple[int, ...] | None = None

    def wire(self) -> dict[str, Any]:
        tactics = [
            {"tactic": call.text, "heartbeats": call.limits.heartbeats, "wallMs": round(call.limits.wall_s * 1000)}
            for call in self.calls
        ]
        focus = {} if self.focus is None else {"focus": list(self.focus)}
        return {"proofState": self.state, "tactics": tactics, **focus}


@dataclass(frozen=True, slots=True)
class AskPremises:
    """Ask for at most `count` premises of the library for one goal of a state."""

    state: int
    count: int
    goal: int = 0

    def wire(self) -> dict[str, Any]:
        return {"premises": self.count, "proofState": self.state, "goal": self.goal}


@dataclass(frozen=True, slots=True)
class Drop:
    """Free proof states and environments."""

    states: tuple[int, ...] = ()
    envs: tuple[int, ...] = ()

    def wire(self) -> dict[str, Any]:
        return {"drop": {"proofStates": list(self.states), "envs": list(self.envs)}}


Request: TypeAlias = Hello | Command | RunTactics | AskPremises | Drop

# ------------------------------------------------------------------------------------------------------- answers


@dataclass(frozen=True, slots=True)
class HelloAnswer:
    """The server's name, its version and its capabilities."""

    server: str
    protocol: int
    lean: str
    githash: str
    capabilities: frozenset[str]


@dataclass(frozen=True, slots=True)
class Message:
    """One message that Lean logged. Its place in the text that was sent: line from 1, column from 0."""

    severity: str
    text: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Sorry:
    """One `sorry` of a text: its place and the state that it leaves open. `state_id` is None if the server could not
    keep the state."""

    state_id: int | None
    line: int
    column: int
    decl: str
    state: ProofState
    is_term: bool


@dataclass(frozen=True, slots=True)
class CommandAnswer:
    """The answer to a text. `refused` names its inductive types that the judge would refuse, with the reasons."""

    env: int
    messages: tuple[Message, ...]
    sorries: tuple[Sorry, ...]
    refused: tuple[str, ...] = ()

    def moved_down(self, lines: int) -> CommandAnswer:
        """The answer with all positions moved down by `lines`, for a text with so many more lines in front."""
        messages = tuple(replace(each, line=each.line + lines) if each.line else each for each in self.messages)
        sorries = tuple(replace(each, line=each.line + lines) for each in self.sorries)
        return replace(self, messages=messages, sorries=sorries)


@dataclass(frozen=True, slots=True)
class GoalsLeft:
    """A tactic left goals. `text` is the tactic for a written proof, where it differs from the one that was run."""

    state_id: int
    state: ProofState
    text: str | None
    lean_s: float
    heartbeats: int


@dataclass(frozen=True, slots=True)
class Finished:
    """A tactic left no goal, and the kernel accepted its term."""

    text: str | None
    lean_s: float
    heartbeats: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Lean refused a tactic."""

    kind: RejectKind
    message: str
    lean_s: float
    heartbeats: int


@dataclass(frozen=True, slots=True)
class AtLimit:
    """A tactic was stopped at one of its limits."""

    limit: LimitKind
    lean_s: float
    heartbeats: int


TacticAnswer: TypeAlias = GoalsLeft | Finished | Refused | AtLimit


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """The server's answer to a request that it could not serve, with the reason."""

    message: str


_REFUSALS = {
    "parse": RejectKind.PARSE,
    "elaboration": RejectKind.ELABORATION,
    "error": RejectKind.ERROR,
    "sorry": RejectKind.SORRY,
    "metavariables": RejectKind.ERROR,
    "recursion": RejectKind.ERROR,
    "axiom": RejectKind.ERROR,
    "kernel": RejectKind.ERROR,
}
_SEVERITIES = frozenset({"error", "warning", "info", "trace"})


def read_error(answer: Json) -> ErrorAnswer | None:
    """The error in `answer`; None if the answer is none."""
    if "message" not in answer:
        return None
    return ErrorAnswer(field(answer, "message", str))


def read_hello(answer: Json) -> HelloAnswer:
    return HelloAnswer(
        server=field(answer, "server", str),
        protocol=field(answer, "protocol", int),
        lean=field(answer, "lean", str),
        githash=field(answer, "githash", str, ""),
        capabilities=frozenset(texts(answer, "capabilities")),
    )


def read_command(answer: Json) -> CommandAnswer:
    return CommandAnswer(
        env=field(answer, "env", int),
        messages=tuple(read_message(item) for item in items(answer, "messages")),
        sorries=tuple(_sorry(item) for item in items(answer, "sorries")),
        refused=texts(answer, "refused"),
    )


def read_tactics(answer: Json, count: int) -> tuple[TacticAnswer, ...]:
    """The results of a batch of `count` tactics, in order, up to the first that was cancelled. Raises ProtocolFault if
    the answer is not about so many."""
    results = items(answer, "results")
    if len(results) != count:
        raise ProtocolFault(f"{count} tactics were sent and {len(results)} results came back")
    return tuple(_tactic(item) for item in takewhile(lambda item: item.get("limit") != "cancelled", results))


def read_premises(answer: Json) -> tuple[Premise, ...]:
    return tuple(
        Premise(field(item, "name", str), field(item, "kind", str), number(item, "score"))
        for item in items(answer, "premises")
    )


def read_held(answer: Json) -> Drop:
    """The request that frees every state and environment which an answer names; for answers to cancelled requests."""
    entries = [answer, *items(answer, "sorries"), *items(answer, "results")]
    states = [entry["proofState"] for entry in entries if isinstance(entry.get("proofState"), int)]
    env = answer.get("env")
    return Drop(tuple(states), (env,) if isinstance(env, int) else ())


# ------------------------------------------------------------------------------------------------------- reading


def _tactic(item: Json) -> TacticAnswer:
    lean_s = number(item, "ms") / 1000.0
    heartbeats = round(number(item, "heartbeats"))
    if "error" in item:
        kind = field(item, "error", str)
        if kind not in _REFUSALS:
            raise ProtocolFault(f"unknown kind of error {kind!r}")
        return Refused(_REFUSALS[kind], field(item, "message", str, ""), lean_s, heartbeats)
    if "limit" in item:
        limit = field(item, "limit", str)
        if limit not in list(LimitKind):
            raise ProtocolFault(f"unknown limit {limit!r}")
        return AtLimit(LimitKind(limit), lean_s, heartbeats)
    text = field(item, "text", str) if "text" in item else None
    if item.get("proved") is True:
        return Finished(text, lean_s, heartbeats)
    goals = _goals(item)
    if not goals:
        raise ProtocolFault("a tactic result has no goals and doesn't say that it is proved")
    key = field(item, "key", str, "\n\n".join(goal.key for goal in goals))
    state = ProofState(goals, key, _groups(item, len(goals)))
    return GoalsLeft(field(item, "proofState", int), state, text, lean_s, heartbeats)


def _goals(item: Json) -> tuple[Goal, ...]:
    """The goals of an answer: structured ones, or those read from Lean's rendering."""
    goals = item.get("goals")
    if isinstance(goals, list) and all(isinstance(goal, str) for goal in goals):
        return tuple(goal_of(goal) for goal in goals)
    return tuple(_goal(goal) for goal in items(item, "goals"))


def _goal(item: Json) -> Goal:
    return Goal(
        target=field(item, "target", str),
        hypotheses=tuple(_hypothesis(hyp) for hyp in items(item, "hyps")),
        tag=field(item, "tag", str, ""),
        pretty=field(item, "pretty", str),
        key=field(item, "key", str, ""),
        head=field(item, "head", str, ""),
        constants=texts(item, "constants"),
    )


def _hypothesis(item: Json) -> Hypothesis:
    return Hypothesis(
        name=field(item, "name", str),
        type=field(item, "type", str),
        value=field(item, "value", str) if item.get("value") is not None else None,
        head=field(item, "head", str, ""),
        is_prop=field(item, "prop", bool, False),
        is_instance=field(item, "inst", bool, False),
        is_accessible=field(item, "acc", bool, True),
    )


def _groups(item: Json, num_goals: int) -> tuple[tuple[int, ...], ...]:
    groups = item.get("groups", [])
    if not isinstance(groups, list) or not all(isinstance(group, list) for group in groups):
        raise ProtocolFault("'groups' is not a list of lists")
    members = [index for group in groups for index in group]
    if groups and sorted(members) != list(range(num_goals)):
        raise ProtocolFault(f"'groups' {groups} is no partition of {num_goals} goals")
    return tuple(tuple(group) for group in groups)


def read_message(item: Json) -> Message:
    severity = field(item, "severity", str)
    if severity not in _SEVERITIES:
        raise ProtocolFault(f"unknown severity {severity!r}")
    line, column = _position(item)
    return Message("info" if severity == "trace" else severity, field(item, "data", str), line, column)


def _sorry(item: Json) -> Sorry:
    line, column = _position(item)
    goal = _goal(field(item, "goalInfo", dict)) if "goalInfo" in item else goal_of(field(item, "goal", str))
    return Sorry(
        state_id=field(item, "proofState", int) if item.get("proofState") is not None else None,
        line=line,
        column=column,
        decl=field(item, "decl", str, ""),
        state=ProofState((goal,), field(item, "key", str, goal.key), ((0,),)),
        is_term=field(item, "term", bool, False),
    )


def _position(item: Json) -> tuple[int, int]:
    if item.get("pos") is None:
        return (0, 0)
    pos = field(item, "pos", dict)
    return (field(pos, "line", int), field(pos, "column", int))
