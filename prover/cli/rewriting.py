"""What commands share that change proofs of a file: their options, and the file written in place or shown as a diff."""

from __future__ import annotations

import argparse
import difflib
from pathlib import Path

from prover.assembly.filling import Part
from prover.assembly.reading import lean_file
from prover.cli.console import Console
from prover.cli.numbers import setting
from prover.cli.projects import add_project_arguments
from prover.errors import UsageError
from prover.files import write_bytes


def add_rewriting_arguments(parser: argparse.ArgumentParser, *, proofs: str) -> argparse._ArgumentGroup:
    """The place, the time, Lean and the output; `proofs` says which the command is about. Returns the search's
    group."""
    parser.add_argument(
        "place", metavar="FILE[:LINE|:A-B]", help=f"a .lean file, or {proofs} that stand on a line or on lines of it"
    )
    search = parser.add_argument_group("the search")
    search.add_argument(
        "--time-limit",
        type=setting("time_limit_s"),
        default=30.0,
        metavar="SECONDS",
        help="for each theorem (default 30)",
    )
    add_project_arguments(parser)
    output = parser.add_argument_group("output")
    output.add_argument("--in-place", action="store_true", help="write the file itself; else the change is shown")
    output.add_argument("--json", action="store_true", help="one JSON object, with the changed text")
    output.add_argument("--quiet", action="store_true", help="no progress")
    return search


class RewrittenFile:
    """The file of a command, as it was when the command began."""

    def __init__(self, place: str) -> None:
        """Raises UsageError if there is no such file, or if it is no Lean text."""
        name = Part.parse(place).name
        lean_file(name)
        self._path = Path(name).resolve()
        self._name = name
        self._before = self._path.read_bytes()

    def deliver(self, text: str, console: Console, *, in_place: bool) -> str | None:
        """Write the changed file, or show the difference. Returns the path that was written, if one was. Raises
        UsageError if somebody else changed the file meanwhile."""
        after = text.encode()
        if after == self._before:
            console.line("nothing to change")
            return None
        if not in_place:
            old, new = self._before.decode().splitlines(), text.splitlines()
            for line in difflib.unified_diff(old, new, self._name, self._name, lineterm=""):
                console.line(line)
            console.line("\nnothing is written: --in-place writes the file")
            return None
        if self._path.read_bytes() != self._before:
            raise UsageError(f"{self._path} was changed meanwhile: it is left as it is; begin again")
        write_bytes(self._path, after)
        console.line(f"written: {self._path}")
        return str(self._path)
