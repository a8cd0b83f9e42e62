"""What the tools answer. Every field is always there: nothing is null, and empty means that there is none."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

Known = Literal["ok", "running", "unknown"]
"""Of a list of things: it is whole, still growing, or something failed on the way, as the `reason` says."""
Ended = Literal["proved", "disproved", "failed", "unknown", "invalid", "running", "stopped"]
"""Of a proof. Only `proved` and `disproved` were accepted by the judge; `failed` is a search that ended without one;
after `unknown` nothing is known, and asking again may help."""


class Hypothesis(BaseModel):
    name: str
    type: str
    value: str


class Goal(BaseModel):
    pretty: str
    target: str
    tag: str
    hypotheses: list[Hypothesis]


class Hole(BaseModel):
    """A `sorry` with its goals; line and column from 1."""

    theorem: str
    line: int
    column: int
    goals: list[Goal]


class Answer(BaseModel):
    """How far a list can be relied on."""

    status: Known
    reason: str = ""


class AtHole(Answer):
    """An answer about one `sorry`."""

    theorem: str = ""
    line: int = 0
    column: int = 0


class Goals(Answer):
    holes: list[Hole] = []
    refused: list[str] = []


class Suggestion(BaseModel):
    """A tactic that Lean accepted, and the goals that it leaves."""

    tactic: str
    goals: list[str]
    closes: bool
    log_prob: float
    ms: float


class Suggestions(AtHole):
    items: list[Suggestion] = []


class Tried(BaseModel):
    """What became of a tactic. `text` is how Lean would have it written; `kind` is the class of a refusal or limit."""

    tactic: str
    outcome: Literal["proved", "advanced", "rejected", "timed_out", "crashed"]
    text: str
    kind: str
    message: str
    goals: list[str]
    ms: float


class Trials(AtHole):
    items: list[Tried] = []


class Place(BaseModel):
    line: int
    column: int


class Edit(BaseModel):
    """Replace the text from `start` up to `end` (lines and columns from 1, in code points) by `text`."""

    start: Place
    end: Place
    text: str


class OpenHole(BaseModel):
    """A `sorry` that no proof was found for, and why. `left` are the goals of the unfinished proof in the `edits`, if
    there is one: each is a `sorry` there."""

    line: int
    column: int
    goal: str
    left: list[str]
    reason: str


class Step(BaseModel):
    """One expansion: a state of the search, how many tactics were tried there, and those that Lean accepted. `steer`
    takes states by their `key`; `leads_to` has those that each accepted tactic left."""

    number: int
    key: str
    state: str
    tried: int
    accepted: list[str]
    leads_to: list[list[str]]


class Steered(BaseModel):
    """What became of a wish; where it is not `done` nothing has changed, and `said` has the reason, or Lean's message.
    `goals` are what a tactic left."""

    done: bool
    said: str
    goals: list[str]


class Proof(BaseModel):
    """A search: how far it is, and what it came to. `edits` put what was found into the text; while others of the
    theorem's `sorry`s are `open` it is not judged, and the status is not `proved`. `news` is what happened from `since`
    on, `next_since` where the next news begin."""

    status: Ended
    reason: str = ""
    job: str = ""
    theorem: str = ""
    proof: str = ""
    edits: list[Edit] = []
    open: list[OpenHole] = []
    axioms: list[str] = []
    elapsed_s: float = 0.0
    expansions: int = 0
    tactics: int = 0
    news: list[Step] = []
    next_since: int = 0


class Near(BaseModel):
    """A state that is still to be proved: `depth` tactics lead there, `tried` were tried; `value` is the critic's, -1
    without one."""

    goals: str
    depth: int
    tried: int
    value: float


class Cost(BaseModel):
    """What all tactics that begin with one word took of Lean's time."""

    word: str
    lean_s: float
    tried: int
    accepted: int


class Explanation(BaseModel):
    """Why a search has no proof, in a word (`cause`) and in words (`said`), and what to do `next`. `limits` are those
    of the search, `used` what it took of them; `states` counts states that are open, dead, proved; `refusals` counts
    refused tactics by class; `missing` names what this Lean does not have; `beside` is what became of the negation."""

    status: Ended
    reason: str = ""
    job: str = ""
    theorem: str = ""
    cause: str = ""
    said: str = ""
    next: str = ""
    limits: dict[str, float] = {}
    used: dict[str, float] = {}
    states: dict[str, int] = {}
    nearest: list[Near] = []
    refusals: dict[str, int] = {}
    costliest: list[Cost] = []
    missing: list[str] = []
    beside: dict[str, str] = {}


class Verdict(BaseModel):
    """The judge's verdict on one theorem."""

    theorem: str
    verdict: Literal["accepted", "rejected", "unknown"]
    kind: str
    reason: str
    axioms: list[str]


class Verdicts(Answer):
    verdicts: list[Verdict] = []
