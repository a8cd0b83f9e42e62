"""Theorems of a traced repository (`[dojo]` extra): LeanDojo clones, builds and traces it, and says where proofs stand.

LeanDojo is imported when it is first used, for it looks at the environment and the network. Its own interaction with
Lean is left alone: the traced repository is a Lake project, so its theorems are opened, stepped and judged like those
of any other project.
"""

from __future__ import annotations

import importlib
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from prover.errors import MissingExtra, ToolchainError, UsageError
from prover.tasks.document import Document
from prover.tasks.holes import Hole, HoleStyle
from prover.tasks.record import Refused, TheoremTask
from prover.tasks.scanner import LineIndex

_REFERENCE = re.compile(r"(?P<url>.+)@(?P<commit>[^@:/]+)(?::(?P<file>[^:]+\.lean)(?::(?P<theorem>[^:]+))?)?")
_PACKAGES = Path(".lake/packages")
_NEEDS = "LeanDojo needs git, elan with the repository's Lean, and the network for what is not in its cache"


@dataclass(frozen=True, slots=True)
class DojoReference:
    """The reference in `--dojo`: a repository (address or local path) at a commit, tag or branch; one of its files, or
    all; one theorem by its full name, or all."""

    url: str
    commit: str
    file: str | None = None
    theorem: str | None = None

    @classmethod
    def parse(cls, text: str) -> DojoReference:
        """The reference of `URL@COMMIT[:FILE[:THEOREM]]`. Raises UsageError for any other text."""
        found = _REFERENCE.fullmatch(text)
        if found is None:
            raise UsageError(
                f"--dojo {text}: expected URL@COMMIT, URL@COMMIT:FILE.lean or URL@COMMIT:FILE.lean:THEOREM"
            )
        return cls(**found.groupdict())


@dataclass(frozen=True, slots=True)
class TracedProject:
    """A traced repository: the folder of its Lake project, and the chosen theorems, each in a text of its own that ends
    with the theorem."""

    folder: Path
    records: tuple[TheoremTask | Refused, ...]


def open_traced(reference: DojoReference) -> TracedProject:
    """Trace the repository, unless LeanDojo's cache has it, and read its theorems.

    Tracing builds the repository: minutes, for Mathlib hours. Raises UsageError where LeanDojo is not installed or the
    reference names no file or theorem of the repository; ToolchainError with LeanDojo's own words where it fails.
    """
    package, faults = _lean_dojo()
    try:
        repository = package.LeanGitRepo(reference.url, reference.commit)
        folder = Path(package.get_traced_repo_path(repository))
        records = tuple(_records(package, repository, folder, reference))
    except faults as fault:
        said = str(fault) or type(fault).__name__
        raise ToolchainError(f"LeanDojo can't trace {reference.url}@{reference.commit}: {said}\n{_NEEDS}") from fault
    if not records:
        what = f"theorem {reference.theorem}" if reference.theorem else "theorem"
        raise UsageError(f"--dojo: no {what} in {reference.file or reference.url} at {reference.commit}")
    return TracedProject(folder, records)


def _lean_dojo() -> tuple[Any, tuple[type[Exception], ...]]:
    """The package, and what its functions raise: it has no exceptions of its own for tracing."""
    try:
        package = importlib.import_module("lean_dojo")
        from git.exc import GitError
        from github import GithubException
    except ImportError as error:
        raise MissingExtra(f"--dojo ({error})", "dojo") from error
    except (AssertionError, OSError, RuntimeError, subprocess.SubprocessError) as fault:
        raise ToolchainError(f"LeanDojo does not start: {fault}\n{_NEEDS}") from fault
    general = (AssertionError, OSError, RuntimeError, ValueError, subprocess.SubprocessError)
    return package, (*general, GitError, GithubException)


def _records(package: Any, repository: Any, folder: Path, reference: DojoReference) -> Iterator[TheoremTask | Refused]:
    whole = package.TracedRepo(repository, {}, folder, [], None)
    for trace in _traces(folder, reference.file):
        file = replace(package.TracedFile.from_xml(folder, trace, repository), traced_repo=whole)
        for theorem in file.get_traced_theorems():
            if reference.theorem in (None, theorem.theorem.full_name):
                yield _record(file.lean_file.code, str(folder / file.path), theorem)


def _traces(folder: Path, file: str | None) -> Iterable[Path]:
    """LeanDojo's trace files of the repository's own modules, without those of its packages, in the order of names."""
    below = folder / ".lake" / "build" / "ir"
    if file is not None:
        trace = below / Path(file).with_suffix(".trace.xml")
        if not (folder / file).is_file() or not trace.is_file():
            raise UsageError(f"--dojo: the repository has no module {file}")
        return [trace]
    return sorted(path for path in folder.rglob("*.trace.xml") if not path.is_relative_to(folder / _PACKAGES))


def _record(lines: list[str], source: str, theorem: Any) -> TheoremTask | Refused:
    """The theorem with `by sorry` in the place of its proof."""
    start, _ = theorem.locate_proof()
    before = "\n".join((*lines[: start.line_nb - 1], lines[start.line_nb - 1][: start.column_nb - 1])).rstrip()
    name, line = str(theorem.theorem.full_name), theorem.start.line_nb
    if before.endswith(" where"):
        return Refused(name, "its body is a `where` structure", source, line)
    stated = before.removesuffix(":=").rstrip()
    text = f"{stated} := by sorry"
    begin = LineIndex(text).offset((line, theorem.start.column_nb - 1))
    hole = Hole(len(text) - len("sorry"), len(text), HoleStyle.BY)
    return TheoremTask(
        id=name,
        name=name,
        document=Document(f"{text}\n", source),
        declaration=text[begin:],
        hole=hole.moved(-begin),
        document_start=begin,
        document_hole=hole,
        value=len(stated) + 1 - begin,
        source=source,
        line=line,
    )
