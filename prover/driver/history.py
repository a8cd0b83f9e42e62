"""Makes a search again from its trace, so that it can be resumed or looked at step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from prover.driver.expanded import Expanded
from search.commands import Typed
from search.events import Abandoned, Applied, Event, Planned, Proposed, Started
from search.replay import ReplayError, steps
from search.side_by_side import AnySearch


def fits(search: AnySearch, history: Sequence[Event]) -> bool:
    """Whether a search with the same settings recorded the history, so that `search` can resume from it."""
    return bool(history) and isinstance(history[0], Started) and history[0].settings == search.settings()


def relive(search: AnySearch, history: Sequence[Event], observe: Callable[[Expanded], None]) -> None:
    """Play a history into a fresh search, calling `observe` with each expansion that ends; expansions in flight at the
    end are abandoned. Raises search.replay.ReplayError if the history belongs to another search."""
    if not fits(search, history):
        raise ReplayError("its trace was recorded with other settings")
    for expanded in expansions(search, history):
        observe(expanded)


def expansions(search: AnySearch, history: Sequence[Event]) -> Iterator[Expanded]:
    """Play a history into a fresh search, yielding each expansion at its end."""
    flying: dict[int, Expanded] = {}
    for event in steps(search, history):
        match event:
            case Planned(expansions=numbers):
                flying.update((number, Expanded(search.flying(number))) for number in numbers)
            case Applied(expansion=number, outcomes=outcomes):
                expanded = flying[number]
                first = len(expanded.tried)
                called = expanded.expansion.candidates[first : first + len(outcomes)]
                expanded.tried += zip(called, outcomes, strict=True)
            case Typed(outcome=outcome) if search.typed is not None:
                yield Expanded(search.typed, tried=[(search.typed.candidates[0], outcome)])
        if isinstance(event, Proposed | Applied | Abandoned) and not search.is_in_flight(event.expansion):
            yield flying.pop(event.expansion).end(is_answered=not isinstance(event, Abandoned))
    for number, expanded in flying.items():
        search.abandon(number)
        yield expanded.end(is_answered=False)
