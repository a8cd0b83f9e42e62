"""Makes a search again from its events: to look at it, to step through it, or to resume it with a bigger budget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from search.events import Abandoned, Applied, Event, Overruled, Planned, Proposed, Scored, Started, Wanted
from search.side_by_side import AnySearch


class ReplayError(ValueError):
    """The events belong to another search: one with another strategy, seed, option or version."""


def steps(search: AnySearch, events: Iterable[Event]) -> Iterator[Event]:
    """Play `events` into a fresh `search`, one at each step; after each, the search is as it was after that event.

    The search must have been made with the settings of the recorded one and a budget at least as big; a budget of
    wall-clock time should be set afterwards. If the events end in the middle of expansions, these are in flight again.
    Raises ReplayError at the first event that doesn't fit.
    """
    for event in events:
        try:
            _play(search, event)
        except (KeyError, ValueError) as error:
            raise ReplayError(f"{type(event).__name__} does not fit: {error}") from error
        yield event


def _play(search: AnySearch, event: Event) -> None:
    _ = search.done  # as a driver asks it: with nothing else left a search lets held nodes in
    match event:
        case Started(root=root):
            if root != search.root:
                raise ValueError("the root is another state")
        case Planned(expansions=expansions, nodes=nodes):
            planned = search.plan(len(expansions))
            if tuple(e.id for e in planned) != expansions or tuple(e.node.index for e in planned) != nodes:
                raise ValueError(f"planned {[e.node.index for e in planned]}, recorded {list(nodes)}")
        case Proposed(expansion=expansion, candidates=candidates, calls=calls):
            handed_out = search.absorb_candidates(expansion, candidates)
            if calls and sorted(calls) != sorted(call.text for call in handed_out):
                raise ValueError("other tactics were handed to Lean")
            if calls:
                search.flying(expansion).candidates.sort(key=lambda candidate: calls.index(candidate.tactic))
        case Applied(expansion=expansion, outcomes=outcomes):
            search.absorb_outcomes(expansion, outcomes)
        case Scored(values=values):
            search.absorb_values(values)
        case Abandoned(expansion=expansion):
            search.abandon(expansion)
        case Overruled():
            search.reject()
        case Wanted(below=below):
            search.want_below(below)
        case _:
            search.steer(event)
