"""Makes a search of a finished run again, as it was before its first event."""

from __future__ import annotations

from dataclasses import replace

from prover.assembly.components import tactic_limits
from prover.config import stored_config
from prover.driver.alternatives import searched_beside
from prover.driver.history import fits
from prover.driver.searches import make_search
from prover.errors import UsageError
from prover.run.records import RunData, TheoremRecord
from prover.run.trace import read_events, trace_path
from search.budget import Budget
from search.events import Event, Started
from search.experience import Experience
from search.side_by_side import AnySearch


def remade(
    data: RunData, record: TheoremRecord, attempt: int | None, beside: str = "", hole: int | None = None
) -> tuple[AnySearch, list[Event]]:
    """The search of an attempt before its first event, and its events: the statement's (of several `sorry`s that of the
    one with the number `hole`), or the one `beside` it. Raises UsageError if there is no such trace."""
    config = stored_config(data.info.config, str(data.path))
    if attempt is None:
        attempt = record.final.attempt if record.final is not None else 0
    result = next((each for each in record.attempts if each.attempt == attempt), None)
    note = beside or ("" if result is None else result.note(hole))
    events = list(read_events(trace_path(data.path, record.stem, attempt, note)))
    searched = searched_beside(record.task, beside) if record.task is not None else None
    if not events or not isinstance(events[0], Started) or searched is None:
        what = f"the {beside.replace('_', ' ')} beside attempt" if beside else f"{note} in attempt".removeprefix(" in ")
        raise UsageError(f"there is no trace of {what} {attempt} at {record.id}, or it holds no events")
    theorem, extra = searched
    settings = config.search
    number = attempt if settings.passes > 1 else 0
    search = make_search(
        theorem,
        events[0].root,
        replace(settings, rounds=1),
        number,
        Budget(),
        limits=tactic_limits(config.lean),
        seed=config.seed,
        clock=lambda: 0.0,
        experience=Experience() if settings.learn_order else None,
        extra=extra,
    )
    if not fits(search, events):
        raise UsageError("the run was made with other settings than its run.json says, or by another version")
    return search, events
