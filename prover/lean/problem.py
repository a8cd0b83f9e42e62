"""Problems to open for search: a text that ends in `sorry`, and the reasons why it can't be opened."""

from __future__ import annotations

from dataclasses import dataclass

from prover.lean.protocol import CommandAnswer, Message, Sorry
from search.base import ProofState


@dataclass(frozen=True, slots=True)
class Problem:
    """A theorem to open: `context` and `declaration` together are one text, elaborated as it stands. A context that
    ends with a line break is elaborated once for all theorems that follow it.

    The text goes up to and including the `sorry` to replace. Where it holds several, the one at `position` (line from
    1, column from 0, in the joined text) is taken; without a position the last one of the declaration `name` (which may
    leave out namespaces), or the last of all if no declaration has that name. Lean has `limit_s` seconds for the
    declaration, where that is given.
    """

    name: str
    context: str
    declaration: str
    position: tuple[int, int] | None = None
    limit_s: float | None = None

    @property
    def text(self) -> str:
        return self.context + self.declaration


@dataclass(frozen=True, slots=True)
class OpenFailed:
    """The reason why no worker can open a problem: its statement is ill-typed, its text has no such `sorry`,
    (`is_refused`) the text declares inductive types that the judge refuses, or (`is_late`) the time was over first."""

    messages: tuple[str, ...]
    is_refused: bool = False
    is_late: bool = False

    @property
    def text(self) -> str:
        """The reason, for people."""
        said = "\n".join(self.messages)
        return said if self.is_refused or self.is_late else f"it does not elaborate: {said}"

    @property
    def is_interrupted(self) -> bool:
        """Whether Lean was interrupted, by the limit of an earlier tactic that struck late; nothing is known then."""
        return any("internal exception #0" in message for message in self.messages)


@dataclass(frozen=True, slots=True)
class Opened:
    """A theorem on one server: the ids of its root state and of its environment there, the root itself, the seconds
    that its declaration took to elaborate and (`before_s`) what stands before it, imports too, and whether its `sorry`
    is a term."""

    root_id: int
    env: int
    root: ProofState
    took_s: float = 0.0
    before_s: float = 0.0
    is_term: bool = False


def late(limit_s: float) -> OpenFailed:
    """The declaration was not elaborated within its limit."""
    return OpenFailed((f"Lean took longer than {limit_s:g} s to elaborate the statement",), is_late=True)


def opened(problem: Problem, answer: CommandAnswer) -> Opened | OpenFailed:
    """The opened theorem for `problem` in the answer to its text, or the reason why there is none."""
    errors = tuple(_shown(message) for message in answer.messages if message.severity == "error")
    if errors:
        return OpenFailed(errors)
    if answer.refused:
        return OpenFailed(tuple(f"the judge refuses what the text declares: {why}" for why in answer.refused), True)
    place = _choose(problem, answer.sorries)
    if place is None:
        where = f" at {problem.position[0]}:{problem.position[1]}" if problem.position else ""
        return OpenFailed((f"no sorry to replace{where} in {problem.name!r}",))
    if "sorryAx" in place.state.goals[0].constants:
        return OpenFailed(("the statement did not elaborate: a part of it was replaced by sorry",))
    if place.state_id is None:
        return OpenFailed((f"the sorry at {place.line}:{place.column} leaves no proof state",))
    return Opened(place.state_id, answer.env, place.state, is_term=place.is_term)


def _choose(problem: Problem, sorries: tuple[Sorry, ...]) -> Sorry | None:
    if problem.position is not None:
        return next((each for each in sorries if (each.line, each.column) == problem.position), None)
    named = [each for each in sorries if each.decl == problem.name or each.decl.endswith(f".{problem.name}")]
    candidates = named or list(sorries)
    return candidates[-1] if candidates else None


def _shown(message: Message) -> str:
    return f"{message.line}:{message.column}: {message.text}" if message.line else message.text
