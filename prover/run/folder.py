"""A run folder: inputs (`run.json`, `tasks.jsonl`, `inputs/`), results (`results.jsonl`, `proofs/`, `solved/`) and
traces (`trace/`).

A run can be resumed on another machine from its folder alone. Finished theorems are known by id, not by position.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from prover.errors import RunFolderError
from prover.files import digest, file_names, folder_error, write_bytes, write_text
from prover.run.journal import FolderLock, Journal, read_results
from prover.run.result import SCHEMA_VERSION, Status, TheoremResult
from prover.run.store import read_tasks, write_tasks
from prover.run.trace import trace_path
from prover.tasks import Document, TaskList, TheoremTask, fill_document, lineage
from prover.tasks.filled import Fill


@dataclass(frozen=True, slots=True)
class RunInfo:
    """`run.json`: the resolved configuration, versions, seed, toolchain hash and the lineage of the statements."""

    config: Mapping[str, Any]
    versions: Mapping[str, str]
    seed: int
    toolchain: str
    lineage: str
    total: int
    started_at: float
    schema: int = SCHEMA_VERSION
    models: Mapping[str, Any] = field(default_factory=dict)  # by what they do: what is known of each

    @property
    def budget(self) -> str:
        """Passes × samples × expansions, as papers write it; empty where the settings don't say."""
        search = self.config.get("search", {})
        numbers = [search.get(key) for key in ("passes", "samples", "expansions")]
        return "" if None in numbers else "×".join(map(str, numbers))

    def to_json(self) -> dict[str, Any]:
        return {**{name: getattr(self, name) for name in ("schema", *_INFO_FIELDS, "models")}, "budget": self.budget}


_INFO_FIELDS = ("config", "versions", "seed", "toolchain", "lineage", "total", "started_at")


@dataclass(frozen=True, slots=True)
class Solved:
    """A copy of a `.lean` input at `path`, with scripts in the places of its `sorry`s."""

    path: Path
    document: Document
    fills: Sequence[Fill]

    def write(self) -> Path:
        """Write it; returns its path."""
        write_text(self.path, fill_document(self.document, self.fills))
        return self.path


class RunFolder:
    """An open run folder with its one journal. Made by `create` or `resume`, which lock it; `close` releases it."""

    def __init__(self, path: Path, lock: FolderLock, info: RunInfo, tasks: TaskList) -> None:
        self.path = path
        self.info = info
        self.tasks = tasks
        self._lock = lock
        self._names = file_names(tasks.ids)
        self.journal = Journal(path / "results.jsonl")

    @classmethod
    def create(
        cls,
        path: Path,
        tasks: TaskList,
        *,
        config: Mapping[str, Any],
        versions: Mapping[str, str],
        seed: int,
        toolchain: str,
        started_at: float,
    ) -> RunFolder:
        """Start a run in a new or empty folder. RunFolderError if it holds a run, is in use, or can't be written."""
        _make_folder(path)
        lock = FolderLock(path)
        try:
            if (path / "run.json").exists():
                raise RunFolderError(f"{path} already holds a run; resume it by --resume {path}, or choose another")
            info = RunInfo(config, versions, seed, toolchain, lineage(tasks), len(tasks), started_at)
            write_tasks(path, tasks)
            _write_info(path, info)
            return cls(path, lock, info, tasks)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def resume(cls, path: Path) -> RunFolder:
        """Open a folder to resume its run. RunFolderError if it holds no run, is in use, or is damaged."""
        info = read_info(path)
        lock = FolderLock(path)
        try:
            return cls(path, lock, info, read_tasks(path))
        except BaseException:
            lock.release()
            raise

    def note_models(self, models: Mapping[str, Any]) -> None:
        """Record the known facts of the models that the run uses, by role."""
        self.info = replace(self.info, models={**self.info.models, **models})
        _write_info(self.path, self.info)

    def record_refused(self) -> int:
        """Write an `invalid` result for every refused input record that has none. Returns the number written."""
        return sum(
            self.journal.append(
                TheoremResult(
                    id=refused.id,
                    name=refused.id,
                    status=Status.INVALID,
                    stop_reason="refused",
                    error=refused.error,
                    source=refused.source,
                    line=refused.line,
                )
            )
            for refused in self.tasks.refused
        )

    def file_stem(self, identifier: str) -> str:
        """The safe file name that stands for a theorem's id everywhere in this folder."""
        return self._names[identifier]

    def write_proof(self, identifier: str, text: str, *, is_disproof: bool = False) -> Path:
        """Write a proof as a file that compiles by itself; disproofs have a folder of their own."""
        path = self.path / ("disproofs" if is_disproof else "proofs") / f"{self.file_stem(identifier)}.lean"
        write_text(path, text)
        return path

    def trace_path(self, identifier: str, attempt: int = 0, beside: str = "") -> Path:
        """The path for the trace of an attempt at a theorem, or of the search `beside` it (`disproof`, say)."""
        return trace_path(self.path, self.file_stem(identifier), attempt, beside)

    def plan_path(self, identifier: str, attempt: int = 0) -> Path:
        """The path for the record of the plans of an attempt at a theorem."""
        return plan_path(self.path, self.file_stem(identifier), attempt)

    def write_trace(self, identifier: str, attempt: int, data: bytes, beside: str = "") -> None:
        """Write a complete trace file that was made elsewhere to its place in the folder."""
        write_bytes(self.trace_path(identifier, attempt, beside), data)

    def solved(self) -> list[Solved]:
        """Each `.lean` input with a filled `sorry`: with its proofs, and unfinished ones where they were asked for."""
        scripts: dict[str, tuple[str | None, ...]] = {}
        for result in sorted(self.results(), key=lambda result: result.status is Status.PROVED):
            if any(script is not None for script in result.written):
                scripts[result.id] = result.written
        by_source: dict[str, list[TheoremTask]] = {}
        for task in self.tasks.tasks:
            if task.is_lean_file:
                by_source.setdefault(task.source, []).append(task)
        names = file_names(dict.fromkeys(Path(source).stem for source in by_source))
        found: dict[Path, Solved] = {}
        for source, tasks in by_source.items():
            fills = [(task, scripts[task.id]) for task in tasks if task.id in scripts]
            if not fills:
                continue
            path = self.path / "solved" / f"{names[Path(source).stem]}.lean"
            if path in found:
                path = path.with_name(f"{digest(source)}-{path.name}")
            found[path] = Solved(path, tasks[0].document, fills)
        return list(found.values())

    def results(self) -> Iterator[TheoremResult]:
        """Every result so far, oldest first."""
        return read_results(self.path / "results.jsonl")

    def close(self) -> None:
        self.journal.close()
        self._lock.release()


def read_info(path: Path) -> RunInfo:
    """Read `run.json` of a folder without locking it. RunFolderError if it is missing or of a newer Stepwise."""
    try:
        value = json.loads((path / "run.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RunFolderError(f"{path} holds no run (no run.json)") from error
    except OSError as error:
        raise folder_error(path / "run.json", error) from error
    except ValueError as error:
        raise RunFolderError(f"{path / 'run.json'} is damaged: {error}") from error
    if not isinstance(value, dict) or not set(_INFO_FIELDS) <= value.keys():
        raise RunFolderError(f"{path / 'run.json'} is not a run's")
    if value.get("schema", 0) > SCHEMA_VERSION:
        raise RunFolderError(f"{path} was written by a newer Stepwise (schema {value['schema']})")
    known = {name: value[name] for name in (*_INFO_FIELDS, "schema")}
    return RunInfo(**known, models=value.get("models") or {})


def plan_path(run: Path, stem: str, attempt: int = 0) -> Path:
    """The path of the record of plans for the theorem with file stem `stem`."""
    return run / "plan" / f"{stem}{f'.{attempt}' if attempt else ''}.jsonl"


def _write_info(path: Path, info: RunInfo) -> None:
    write_text(path / "run.json", json.dumps(info.to_json(), indent=2, ensure_ascii=False) + "\n")


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunFolderError(f"{path} can't be made ({error.strerror}): name another folder with --out") from error
