"""The toolchains of a run: one for each Lean among its projects, and which theorem belongs to which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

from prover.assembly.listener import Listener
from prover.config import LeanConfig
from prover.errors import ToolchainError, UsageError
from prover.lean import first_start
from prover.lean.project import Project
from prover.lean.toolchain import Toolchain
from prover.tasks import TaskList, TheoremTask


@dataclass(frozen=True, slots=True)
class Toolchains:
    """`toolchains` differ in their fingerprints; the first is the first project's. `homes` are the projects' folders
    (resolved), each with the index of its toolchain: projects with the same fingerprint have the same."""

    toolchains: tuple[Toolchain, ...]
    homes: tuple[tuple[Path, int], ...] = ()

    @property
    def fingerprint(self) -> str:
        """All fingerprints, joined by `+` in the order in which the projects were named."""
        return "+".join(toolchain.fingerprint for toolchain in self.toolchains)

    @property
    def name(self) -> str:
        """For people: all of them."""
        return " + ".join(toolchain.name for toolchain in self.toolchains)

    def index_of(self, task: TheoremTask) -> int:
        """Which of the toolchains a theorem belongs to: its source's."""
        return self.index_of_source(task.source)

    def index_of_source(self, source: str) -> int:
        """Which of the toolchains an input belongs to: that of the deepest project's folder that the `.lean` file lies
        in, the first for everything else."""
        home = self._home_of(source) if len(self.toolchains) > 1 else None
        return dict(self.homes)[home] if home is not None else 0

    def index_of_fingerprint(self, fingerprint: object) -> int:
        """Which of the toolchains has that fingerprint; the first if none has."""
        return next((i for i, known in enumerate(self.toolchains) if known.fingerprint == fingerprint), 0)

    def spread(self, tasks: Iterable[TheoremTask]) -> list[TheoremTask]:
        """The theorems in their order, but those of each Lean spread evenly over the whole, so that all have work
        from the first theorem to the last."""
        piles: list[list[TheoremTask]] = [[] for _ in self.toolchains]
        for task in tasks:
            piles[self.index_of(task)].append(task)
        placed = [((number + 0.5) / len(pile), task) for pile in piles for number, task in enumerate(pile)]
        return [task for _, task in sorted(placed, key=lambda item: item[0])]

    def shares(self, tasks: Iterable[TheoremTask]) -> list[str]:
        """For people, of several projects: how many theorems lie in each; one that has none is likely a mistake."""
        if not self.homes:
            return []
        counts = Counter(self._home_of(task.source) for task in tasks)
        lines = [f"project {folder}: {counts[folder]} theorems" for folder, _ in self.homes]
        rest = [f"in none of them: {counts[None]} theorems, which go with {self.homes[0][0]}"] if counts[None] else []
        return lines + rest

    def _home_of(self, name: str) -> Path | None:
        if Path(name).suffix != ".lean":
            return None
        try:
            source = Path(name).resolve()
        except (OSError, ValueError, RuntimeError):  # no path at all: a resumed run may say anything
            return None
        around = [folder for folder, _ in self.homes if source.is_relative_to(folder)]
        return max(around, key=lambda folder: len(folder.parts), default=None)


async def open_toolchain(lean: LeanConfig, listener: Listener | None = None) -> Toolchain:
    """The Lean that the settings name, installed first where it is not; of several projects, the first one's. Raises
    UsageError or ToolchainError."""
    if lean.first_project is not None:
        return await _prepared(lean, lean.first_project)
    if lean.repl is not None:
        raise UsageError("lean.repl is for a project of your own: name it with --project")
    listener = listener or Listener()
    return await first_start.embedded(listener.progress, memory_bytes=lean.worker_bytes)


async def open_toolchains(lean: LeanConfig, listener: Listener | None = None) -> Toolchains:
    """The toolchains that the settings name, installed or built first where that is wanted. Raises UsageError or
    ToolchainError; of several projects it names the one that something is wrong with."""
    if len(lean.projects) < 2:
        return Toolchains((await open_toolchain(lean, listener),))
    if lean.repl is not None:
        raise UsageError(
            "lean.repl is made for one Lean: name one project, or let each use the REPL in its own packages"
        )
    homes: dict[Path, str] = {}
    for name in lean.projects:
        folder = Path(name).expanduser().resolve()
        if folder in homes:
            raise UsageError(f"--project {homes[folder]} and --project {name} are the same folder: name it once")
        homes[folder] = name
    return toolchains_of({folder: await _named(lean, name) for folder, name in homes.items()})


def toolchains_of(toolchains: dict[Path, Toolchain]) -> Toolchains:
    """The toolchains of projects, by their folders, the first of them first."""
    distinct: dict[str, Toolchain] = {}
    for toolchain in toolchains.values():
        distinct.setdefault(toolchain.fingerprint, toolchain)
    order = list(distinct)
    homes = tuple((folder, order.index(toolchain.fingerprint)) for folder, toolchain in toolchains.items())
    return Toolchains(tuple(distinct.values()), homes)


class ProjectOptions(TypedDict):
    """What `Project.prepare` is told beside the folder."""

    build: bool
    repl: str | None
    memory_bytes: int


def project_options(lean: LeanConfig) -> ProjectOptions:
    """How the settings want each project prepared."""
    return {"build": lean.build, "repl": lean.repl, "memory_bytes": lean.worker_bytes}


async def _prepared(lean: LeanConfig, project: str) -> Project:
    return await Project.prepare(Path(project), **project_options(lean))


async def _named(lean: LeanConfig, project: str) -> Project:
    """One of several projects, whose faults say which it is."""
    try:
        return await _prepared(lean, project)
    except (UsageError, ToolchainError) as fault:
        raise type(fault)(f"--project {project}: {fault}") from fault


def refuse_far(leans: Toolchains) -> None:
    """Raises UsageError if a run on a Ray cluster would need several toolchains."""
    if len(leans.toolchains) > 1:
        raise UsageError(
            f"--ray takes one Lean, and the projects have {len(leans.toolchains)} ({leans.name}): start a run for "
            "each, or leave out --ray"
        )


def with_full_paths(tasks: TaskList) -> TaskList:
    """The list with its files' full paths, so that a run resumed from another folder finds the same toolchains."""
    return replace(tasks, tasks=tuple(_with_full_path(task) for task in tasks.tasks))


def _with_full_path(task: TheoremTask) -> TheoremTask:
    path = Path(task.source)
    return replace(task, source=str(path.resolve())) if path.suffix == ".lean" else task
