"""Reads a finished or running run for reports: one record per input theorem, attempted or not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prover.files import file_names
from prover.run.folder import RunInfo, read_info
from prover.run.journal import read_results
from prover.run.result import SOLVED, Status, TheoremResult, that_counts
from prover.run.store import read_tasks
from prover.run.trace import trace_path
from prover.tasks import TheoremTask


@dataclass(frozen=True, slots=True)
class TheoremRecord:
    """One input theorem with its attempts, oldest first; no attempts if the run did not reach it."""

    id: str
    task: TheoremTask | None
    attempts: tuple[TheoremResult, ...]
    source: str
    stem: str

    @property
    def final(self) -> TheoremResult | None:
        """The attempt that counts."""
        return that_counts(self.attempts)

    @property
    def statement(self) -> str:
        """The declaration up to its `:= by`; of a refused record its id."""
        return self.task.statement if self.task is not None else self.id

    @property
    def status(self) -> Status:
        return self.final.status if self.final is not None else Status.UNKNOWN

    @property
    def stop_reason(self) -> str:
        return self.final.stop_reason if self.final is not None else "not reached"

    @property
    def proof_file(self) -> str:
        """The path of a solved theorem's proof or disproof, relative to the run's folder."""
        return f"{'disproofs' if self.status is Status.DISPROVED else 'proofs'}/{self.stem}.lean"

    @property
    def place(self) -> str:
        """The file and line of the theorem, as a person looks for it; the source of one without an attempt."""
        return f"{self.source.rsplit('/', 1)[-1]}:{self.final.line}" if self.final is not None else self.source

    @property
    def proof_steps(self) -> int | None:
        """The number of tactics of its proof; None without one."""
        return self.final.proof_steps if self.final is not None else None

    @property
    def solved_at(self) -> int | None:
        """The number (from 0) of the attempt that proved or disproved it."""
        return next((result.attempt for result in self.attempts if result.status in SOLVED), None)

    @property
    def elapsed_s(self) -> float:
        """The seconds of all attempts up to the one that counts."""
        return sum(result.elapsed_s for result in self.attempts)

    @property
    def tactics(self) -> int:
        return sum(result.tactics for result in self.attempts)

    @property
    def expansions(self) -> int:
        return sum(result.expansions for result in self.attempts)

    @property
    def lean_s(self) -> float:
        return sum(result.lean_s for result in self.attempts)


@dataclass(frozen=True, slots=True)
class RunData:
    """A run as its folder has it. `records` follow the input list and are the denominator of every score."""

    path: Path
    info: RunInfo
    records: tuple[TheoremRecord, ...]
    samples: tuple[Mapping[str, float], ...] = field(default=())

    @property
    def wall_s(self) -> float:
        """The seconds that the run was at work, by its samples, which leave out the time between a stop and a resume.
        Without samples, the seconds from the first theorem's start to the last one's end."""
        if self.samples:
            return self.samples[-1]["at_s"]
        results = [r for record in self.records for r in record.attempts if r.started_at > 0]
        if not results:
            return 0.0
        return max(r.started_at + r.elapsed_s for r in results) - min(r.started_at for r in results)

    def trace_path(self, record: TheoremRecord, note: str = "") -> Path | None:
        """The trace of the attempt that counts, or of a search with a note, if there is one."""
        path = trace_path(self.path, record.stem, record.final.attempt if record.final is not None else 0, note)
        return path if path.exists() else None

    def trace_paths(self, record: TheoremRecord) -> list[Path]:
        """The traces of all attempts at the theorem, beginning with the attempt that counts."""
        numbers = [result.attempt for result in (record.final, *record.attempts) if result is not None] or [0]
        paths = (trace_path(self.path, record.stem, number) for number in dict.fromkeys(numbers))
        return [path for path in paths if path.exists()]


def read_run(path: Path) -> RunData:
    """Read a run folder without locking it: the run may be at work. RunFolderError if it is no run, or damaged."""
    info = read_info(path)
    tasks = read_tasks(path)
    names = file_names(tasks.ids)
    attempts: dict[str, list[TheoremResult]] = {identifier: [] for identifier in tasks.ids}
    journal = path / "results.jsonl"
    if journal.exists():
        for result in read_results(journal):
            attempts.setdefault(result.id, []).append(result)
    records = [_record(task.id, task, attempts, task.source, names) for task in tasks.tasks]
    records += [_record(refused.id, None, attempts, refused.source, names) for refused in tasks.refused]
    return RunData(path, info, tuple(records), _samples(path / "utilisation.jsonl"))


def _record(
    identifier: str,
    task: TheoremTask | None,
    attempts: Mapping[str, Sequence[TheoremResult]],
    source: str,
    names: Mapping[str, str],
) -> TheoremRecord:
    ordered = sorted(attempts[identifier], key=lambda result: result.attempt)
    return TheoremRecord(identifier, task, tuple(ordered), source, names[identifier])


def _samples(path: Path) -> tuple[Mapping[str, float], ...]:
    """Read `utilisation.jsonl`: one object of numbers a line, with `at_s`; other lines are skipped."""
    if not path.exists():
        return ()
    samples: list[Mapping[str, float]] = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            value: Any = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict) and isinstance(value.get("at_s"), int | float):
            samples.append({key: float(item) for key, item in value.items() if isinstance(item, int | float)})
    return tuple(samples)
