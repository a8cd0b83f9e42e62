"""A person at a search that runs: one function for all that they may do, whichever face they use."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, assert_never

from prover.driver.expanded import Expanded
from search.base import (
    Advanced,
    Crashed,
    Environment,
    Outcome,
    ProofState,
    Proved,
    Rejected,
    TacticCall,
    TacticLimits,
    TimedOut,
)
from search.budget import StopReason
from search.commands import Boost, Command, Focus, MoreTime, Pin, Prune, Release, Typed
from search.side_by_side import AnySearch
from search.split import merge_key

_MOST_S = 3600.0
_LONGEST_PAUSE_S = 3600.0
"""A pause longer than this ends by itself: whoever made it may have closed the page."""
_MOST_LETTERS = 20_000


class Act(StrEnum):
    """What a person may do at a search. The first six are about a state."""

    PIN = "pin"  # expand it next
    BOOST = "boost"  # every second expansion there and below
    PRUNE = "prune"  # nothing there and below
    FROM_HERE = "from_here"  # nothing elsewhere; at the root: everywhere again
    RELEASE = "release"  # no pin, boost or prune there any more
    TRY = "try"  # run a typed tactic there
    PAUSE = "pause"
    RESUME = "resume"
    HOLD = "hold"  # pause at the end, instead of ending without a proof
    MORE_TIME = "more_time"
    TAKE = "take"  # stop looking for a shorter proof


_AT_STATE: dict[Act, Callable[[str], Command]] = {
    Act.PIN: Pin,
    Act.BOOST: Boost,
    Act.PRUNE: Prune,
    Act.FROM_HERE: Focus,
    Act.RELEASE: Release,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants done: `state` is the key of a state ("" for the theorem itself), `tactic` what to try there,
    `seconds` how much more time."""

    act: Act
    state: str = ""
    tactic: str = ""
    seconds: float = 0.0

    @classmethod
    def of(cls, value: Mapping[str, object]) -> Wish:
        """The wish that a client's JSON object holds. Raises ValueError, saying what is wrong, if it holds none."""
        act, state, tactic = (value.get(name, "") for name in ("act", "state", "tactic"))
        seconds = value.get("seconds", 0.0)
        if act not in tuple(Act):
            raise ValueError(f"act is one of {', '.join(Act)}, not {act!r:.40}")
        if not isinstance(state, str) or not isinstance(tactic, str) or len(tactic) > _MOST_LETTERS:
            raise ValueError(f"state and tactic are texts, the latter of at most {_MOST_LETTERS} letters")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise ValueError(f"seconds is a number, not {seconds!r:.40}")
        return cls(Act(str(act)), state, tactic, float(seconds))

    def to_json(self) -> dict[str, Any]:
        return {"act": str(self.act), "state": self.state, "tactic": self.tactic, "seconds": self.seconds}


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an act. Where `is_done` is false nothing has changed, and `said` has the reason: for a tactic that
    Lean refused its own message. `goals` are what an accepted tactic left."""

    is_done: bool
    said: str = ""
    goals: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"done": self.is_done, "said": self.said, "goals": list(self.goals)}


class Steering:
    """The way to steer one search while its loop runs. `news` is done as soon as the loop should look again; `extra_s`
    are the seconds by which its time has become longer."""

    def __init__(
        self,
        search: AnySearch,
        environment: Environment,
        observe: Callable[[Expanded], None],
        *,
        limits: TacticLimits,
        clock: Callable[[], float],
    ) -> None:
        self._search = search
        self._environment = environment
        self._observe = observe
        self._limits = limits
        self._clock = clock
        self._paused_at: float | None = None
        self._is_at_end = False
        self._holds = False
        self._is_taken = False
        self._has_proof = False
        self._news: asyncio.Future[None] | None = None
        self._told: list[Callable[[Wish], None]] = []
        self.extra_s = 0.0

    def tell(self, hear: Callable[[Wish], None]) -> None:
        """Have `hear` told what is done, whichever face wished it, and of pauses that come by themselves."""
        self._told.append(hear)

    @property
    def root(self) -> ProofState:
        """The state that is to be proved."""
        return self._search.root

    @property
    def is_paused(self) -> bool:
        """Whether nothing is planned. Expansions in flight end, and the time does not count."""
        return self._paused_at is not None

    @property
    def pause_left_s(self) -> float | None:
        """The seconds until a pause ends by itself; None without a pause."""
        return None if self._paused_at is None else self._paused_at + _LONGEST_PAUSE_S - self._clock()

    @property
    def news(self) -> asyncio.Future[None]:
        """Done with the next command."""
        if self._news is None or self._news.done():
            self._news = asyncio.get_running_loop().create_future()
        return self._news

    def goes_on(self, done: StopReason | None) -> bool:
        """Whether the loop goes on, given why the search itself would end; a search that is held pauses instead."""
        if self._is_taken or done is StopReason.PROVED:
            return False
        if self.pause_left_s is not None and self.pause_left_s <= 0.0:
            self._holds = False
            self._resume()
        if done is not None and self._holds and not self.is_paused:
            self._pause()
            self._is_at_end = True
        return done is None or self.is_paused

    def looks_on(self, *, has_proof: bool) -> None:
        """The search goes on: for a shorter proof than one that it has, or for a first one."""
        self._has_proof, self._is_taken = has_proof, False

    async def do(self, wish: Wish) -> Answer:
        """Do what a person wants. A typed tactic has the limits of any other, and Lean runs it like any other."""
        wish = wish if wish.state else replace(wish, state=merge_key(self.root))
        try:
            answer = await self._do(wish)
        except ValueError as refusal:
            return Answer(False, str(refusal))
        if answer.is_done and wish.act not in (Act.PAUSE, Act.RESUME):
            self._say(wish)
        self._wake()
        return answer

    async def _do(self, wish: Wish) -> Answer:
        match wish.act:
            case Act.PIN | Act.BOOST | Act.PRUNE | Act.FROM_HERE | Act.RELEASE:
                self._search.steer(_AT_STATE[wish.act](wish.state))
            case Act.TRY:
                return await self._try(wish.state, wish.tactic)
            case Act.PAUSE:
                self._pause()
            case Act.RESUME:
                self._resume()
            case Act.HOLD:
                self._holds = not self._holds
                return Answer(True, "it waits at its end" if self._holds else "it ends at its end")
            case Act.MORE_TIME:
                self._give(wish.seconds)
            case Act.TAKE:
                if not self._has_proof:
                    raise ValueError("no proof has been found yet")
                self._is_taken = True
            case _:
                assert_never(wish.act)
        return Answer(True)

    async def _try(self, state: str, tactic: str) -> Answer:
        if not tactic.strip():
            raise ValueError("there is no tactic to try")
        path = self._search.path_to(state)
        (outcome,) = await self._environment.apply(path, [TacticCall(tactic, self._limits)])
        said = _refusal(outcome)
        if said:
            return Answer(False, said)
        self._search.steer(Typed(state, tactic, outcome))
        expansion = self._search.typed
        assert expansion is not None, "it was typed just now"
        self._observe(Expanded(expansion, tried=[(expansion.candidates[0], outcome)]))
        self._resume_at_end()
        left = outcome.state.goals if isinstance(outcome, Advanced) else ()
        return Answer(True, "no goals left" if not left else "", tuple(goal.pretty for goal in left))

    def _give(self, seconds: float) -> None:
        if not 0.0 < seconds <= _MOST_S:
            raise ValueError(f"more time is up to {_MOST_S:g} seconds, not {seconds:g}")
        self._search.steer(MoreTime(seconds))
        self.extra_s += seconds
        self._resume_at_end()

    def _pause(self) -> None:
        if self._paused_at is None:
            self._paused_at = self._clock()
            self._say(Wish(Act.PAUSE))

    def _resume(self) -> None:
        if self._paused_at is not None:
            waited_s = self._clock() - self._paused_at
            self._paused_at, self._is_at_end = None, False
            self._search.pass_over(waited_s)
            self.extra_s += waited_s
            self._say(Wish(Act.RESUME))

    def _resume_at_end(self) -> None:
        """Go on after a pause that came by itself: there is something to do again."""
        if self._is_at_end:
            self._resume()

    def _say(self, wish: Wish) -> None:
        for hear in self._told:
            hear(wish)

    def _wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)


def _refusal(outcome: Outcome) -> str:
    """Why a tactic was not accepted, in Lean's own words where it has some; empty if it was."""
    match outcome:
        case Advanced() | Proved():
            return ""
        case Rejected(message=message):
            return message or "Lean refused it"
        case TimedOut(limit=limit):
            return f"it ran into a limit ({limit}): nothing is known of it"
        case Crashed(cause=cause):
            return f"Lean was lost under it ({cause}): nothing is known of it"
        case _:
            assert_never(outcome)
