"""Traces: every expansion of a search with all its tactics, rejected ones too, as gzipped JSON lines per theorem.

One line is one expansion: the state, the path to it, and the outcome of each tactic tried there. The lines between are
the search's events, from which the search can be made again (`read_events`). The file is written in independent gzip
members, so a killed run leaves a trace that is readable up to its last flush.
"""

from __future__ import annotations

import gzip
import json
import math
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import TracebackType
from typing import Any, assert_never

import orjson

from prover.errors import RunFolderError
from prover.files import folder_error
from search.base import Advanced, Candidate, Crashed, Outcome, ProofState, Proved, Rejected, Step, TimedOut
from search.base import Path as TacticPath
from search.events import Event, from_json, to_json
from search.split import merge_key, split

_TRACE_SCHEMA = 1
_FLUSH_BYTES = 65536
_FLUSH_S = 1.0
"""How long a line waits for others at most, where others come: somebody may be following the file."""
_EVENT = b'{"event"'


@dataclass(frozen=True, slots=True)
class TraceTactic:
    """One tactic on a state. `outcome` is advanced, proved, rejected, timed_out or crashed; `children` are the keys of
    the independent parts of the state it led to, all of which have to be proved; `kind` is the kind of rejection or
    limit; `log_prob` is None where it was minus infinity; `text` is how Lean wants the tactic written, where different;
    `heartbeats` are thousands, up to its limit for a tactic that was stopped there; `factor` and `propensity` are the
    candidate's.
    """

    tactic: str
    outcome: str
    log_prob: float | None
    num_tokens: int = 1
    count: int = 1
    origin: str = ""
    lean_s: float = 0.0
    heartbeats: int = 0
    factor: float = 1.0
    propensity: float = 1.0
    text: str = ""
    children: tuple[str, ...] = ()
    kind: str = ""
    error: str = ""

    @property
    def written(self) -> str:
        """The tactic as Lean wants it written."""
        return self.text or self.tactic

    @property
    def is_accepted(self) -> bool:
        """Whether Lean took the tactic: it closed its state or led to others."""
        return self.outcome in ("advanced", "proved")


@dataclass(frozen=True, slots=True)
class TraceExpansion:
    """One expansion. `path` are the tactics from the root, `foci` for each the numbers of the goals that the path goes
    on with (empty: all of them; left out where no step has any); `at_s` are the seconds since the start of the theorem;
    `value` is the critic's, `priority` the number by which the search rule chose the state; `goals` is the state as
    models see it; `is_whole` says that every candidate was run, a success or not; `is_cut` says that more was to be run
    at the state, so that nothing can be concluded from what is missing; `states` are the goals of the states that its
    tactics led to, by key, where they are not in the trace already."""

    index: int
    key: str
    goals: str
    path: tuple[str, ...]
    at_s: float
    tactics: tuple[TraceTactic, ...]
    num_goals: int = 1
    value: float | None = None
    priority: float | None = None
    policy_s: float = 0.0
    attempt: int = 0
    foci: tuple[str, ...] = ()
    is_whole: bool = False
    is_cut: bool = False
    states: Mapping[str, str] = field(default_factory=dict)


def _trace_tactic(candidate: Candidate, outcome: Outcome) -> TraceTactic:
    """The record of a candidate and its outcome."""
    log_prob = float(candidate.log_prob)
    said: dict[str, Any]
    match outcome:
        case Advanced(state=state, text=text):
            said = {"outcome": "advanced", "text": text, "children": tuple(_parts(state))}
        case Proved(text=text):
            said = {"outcome": "proved", "text": text}
        case Rejected(kind=kind, message=message):
            said = {"outcome": "rejected", "kind": str(kind), "error": message}
        case TimedOut(limit=limit):
            said = {"outcome": "timed_out", "kind": str(limit)}
        case Crashed(cause=cause):
            said = {"outcome": "crashed", "error": cause}
        case _:
            assert_never(outcome)
    if said.get("text") == candidate.tactic:
        said["text"] = ""
    return TraceTactic(
        tactic=candidate.tactic,
        log_prob=log_prob if math.isfinite(log_prob) else None,
        num_tokens=candidate.num_tokens,
        count=candidate.count,
        origin=candidate.origin,
        lean_s=outcome.lean_s,
        heartbeats=0 if isinstance(outcome, Crashed) else outcome.heartbeats,
        factor=candidate.factor,
        propensity=candidate.propensity,
        **said,
    )


def _focus(step: Step) -> str:
    return "" if step.focus is None else ",".join(map(str, step.focus))


def path_of(tactics: Sequence[str], foci: Sequence[str]) -> TacticPath:
    """The path that a record has as `path` and `foci`."""
    return tuple(
        Step(tactic, tuple(map(int, focus.split(","))) if focus else None)
        for tactic, focus in zip(tactics, foci or [""] * len(tactics), strict=True)
    )


def _parts(state: ProofState) -> dict[str, str]:
    """The goals of the state's independent parts, by key."""
    parts = split(state)
    states = [state] if parts is None else [part for _, part in parts]
    return {merge_key(part): part.pretty for part in states}


def trace_expansion(
    state: ProofState,
    tried: Sequence[tuple[Candidate, Outcome]],
    *,
    index: int,
    path: TacticPath,
    at_s: float,
    value: float | None = None,
    priority: float | None = None,
    policy_s: float = 0.0,
    is_whole: bool = False,
    is_cut: bool = False,
) -> TraceExpansion:
    """The record of a finished expansion."""
    return TraceExpansion(
        index=index,
        key=merge_key(state),
        goals=state.pretty,
        path=tuple(step.tactic for step in path),
        foci=tuple(map(_focus, path)) if any(step.focus is not None for step in path) else (),
        at_s=at_s,
        tactics=tuple(_trace_tactic(candidate, outcome) for candidate, outcome in tried),
        num_goals=len(state.goals),
        value=value,
        priority=priority if priority is not None and math.isfinite(priority) else None,
        policy_s=policy_s,
        is_whole=is_whole,
        is_cut=is_cut,
        states={
            key: goals
            for _, outcome in tried
            if isinstance(outcome, Advanced)
            for key, goals in _parts(outcome.state).items()
        },
    )


def trace_path(run: Path, stem: str, attempt: int = 0, beside: str = "") -> Path:
    """The path of the trace of an attempt at the theorem with file stem `stem`. The trace of a search `beside` it
    (`disproof`, say) has the same name in a folder of its own."""
    suffix = f".{attempt}" if attempt else ""
    return run / "trace" / beside / f"{stem}{suffix}.jsonl.gz"


class TraceWriter:
    """Writes the trace of one attempt at a theorem, over the file that an earlier, killed run may have left."""

    def __init__(self, path: Path, header: Mapping[str, Any], clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._buffer: list[bytes] = []
        self._size = 0
        self._known: set[str] = set()
        self._append({"schema": _TRACE_SCHEMA, **header})
        self._write("wb")

    def write(self, expansion: TraceExpansion) -> None:
        """Add one expansion; RunFolderError when the disk refuses it."""
        self._known.add(expansion.key)
        new = {key: goals for key, goals in expansion.states.items() if key not in self._known}
        self._known.update(new)
        self._append(expansion_json(replace(expansion, states=new)))
        self._write_if_due()

    def write_event(self, event: Event) -> None:
        """Add an event of the search; RunFolderError as `write`."""
        self._append({"event": to_json(event)})
        self._write_if_due()

    def close(self) -> None:
        self._write("ab")

    def __enter__(self) -> TraceWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _append(self, value: Mapping[str, Any]) -> None:
        self._buffer.append(_to_line(value))
        self._size += len(self._buffer[-1])

    def _write_if_due(self) -> None:
        if self._size >= _FLUSH_BYTES or self._clock() - self._written_at >= _FLUSH_S:
            self._write("ab")

    def _write(self, mode: str) -> None:
        self._written_at = self._clock()
        if not self._buffer:
            return
        data = gzip.compress(b"".join(self._buffer), compresslevel=3, mtime=0)
        self._buffer, self._size = [], 0
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open(mode) as stream:
                stream.write(data)
        except OSError as error:
            raise folder_error(self._path, error) from error


def _to_line(value: Mapping[str, Any]) -> bytes:
    """One line of a trace. Encoded by orjson: the standard encoder takes a sixth of a search driver's whole time."""
    try:
        return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # a lone surrogate, which a model may propose, or an integer of more than 64 bits
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode(errors="backslashreplace") + b"\n"


def _from_line(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except ValueError:  # a lone surrogate, or an integer of more than 64 bits
        return json.loads(line)


def expansion_json(expansion: TraceExpansion) -> dict[str, Any]:
    """An expansion as a line has it: fields at their defaults are left out, times are rounded to milliseconds."""
    value = _without_defaults(expansion)
    value["tactics"] = [_without_defaults(tactic) for tactic in expansion.tactics]
    return value


def _without_defaults(record: TraceExpansion | TraceTactic) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, default in _DEFAULTS[type(record)]:
        value = getattr(record, name)
        if value != default and not (isinstance(value, Mapping) and not value):
            kept[name] = round(value, 6) if isinstance(value, float) else value
    return kept


_DEFAULTS = {kind: tuple((item.name, item.default) for item in fields(kind)) for kind in (TraceExpansion, TraceTactic)}


def read_trace(path: Path) -> tuple[dict[str, Any], Iterator[TraceExpansion]]:
    """The header of a trace and its expansions. A torn end is skipped; RunFolderError if the file can't be read."""
    lines = _lines(path)
    try:
        header = json.loads(next(lines))
    except (StopIteration, ValueError) as error:
        raise RunFolderError(f"{path} is not a trace") from error
    if not isinstance(header, dict) or header.get("schema", 0) > _TRACE_SCHEMA:
        raise RunFolderError(f"{path} was written by a newer Stepwise")
    return header, (expansion for line in lines if (expansion := expansion_of(line)) is not None)


def read_events(path: Path) -> Iterator[Event]:
    """The events of a trace, up to the first line that is damaged; none if there is no trace."""
    if not path.exists():
        return
    for line in _lines(path):
        try:
            value = json.loads(line)
            event = from_json(value["event"]) if "event" in value else None
        except (ValueError, TypeError):
            return
        if event is not None:
            yield event


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path, "rb") as stream:
            yield from stream
    except (EOFError, zlib.error):
        return
    except gzip.BadGzipFile as error:
        raise RunFolderError(f"{path} is not a trace: {error}") from error
    except OSError as error:
        raise folder_error(path, error) from error


def _tactic(value: dict[str, Any]) -> TraceTactic:
    return TraceTactic(**{"log_prob": None, **value, "children": tuple(value.get("children", ()))})


def expansion_from_json(value: Mapping[str, Any]) -> TraceExpansion:
    """The expansion that `expansion_json` was given. Raises ValueError, KeyError or TypeError for what it can't have
    made."""
    tactics = tuple(_tactic(tactic) for tactic in value["tactics"])
    lists = {"path": tuple(value["path"]), "foci": tuple(value.get("foci", ())), "tactics": tactics}
    return TraceExpansion(**{**value, **lists})


def expansion_of(line: bytes) -> TraceExpansion | None:
    """The expansion on a line of a trace; None if the line holds something else, or is damaged."""
    if line.startswith(_EVENT):
        return None
    try:
        return expansion_from_json(_from_line(line))
    except (ValueError, KeyError, TypeError):
        return None
