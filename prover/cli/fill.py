"""`stepwise fill FILE`: the file with its `sorry`s filled in, as far as proofs were found."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

from prover.assembly.filling import FilledTheorem, Filling, Part, fill
from prover.assembly.reading import lean_file
from prover.cli.console import Console
from prover.cli.ending import run_until_told
from prover.cli.numbers import setting
from prover.cli.page import Page
from prover.cli.projects import add_project_arguments, lean_settings
from prover.cli.telling import Telling
from prover.config import Config, ModelConfig, SearchConfig
from prover.errors import UsageError
from prover.files import write_bytes
from prover.run.result import in_words

PAGE = Page(
    examples=(
        "stepwise fill FILE.lean",
        "stepwise fill FILE.lean --in-place",
        "stepwise fill FILE.lean:12-30 --out Filled.lean",
    ),
    document="data.md",
    exits={0: "every `sorry` that was asked for is filled", 1: "some are left"},
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "place", metavar="FILE[:LINE|:A-B]", help="a .lean file, or the `sorry`s on a line or on lines of it"
    )
    search = parser.add_argument_group("the search")
    search.add_argument(
        "--time-limit",
        type=setting("time_limit_s"),
        default=30.0,
        metavar="SECONDS",
        help="for each theorem (default 30)",
    )
    search.add_argument("--policy", default="builtin", metavar="SPEC", help="as in `stepwise prove` (default builtin)")
    search.add_argument(
        "--best-effort",
        action="store_true",
        help="where there is no proof, take the unfinished one that closes most, with a `sorry` for each goal left",
    )
    add_project_arguments(parser)
    output = parser.add_argument_group("output")
    output.add_argument("--in-place", action="store_true", help="write the file itself, with each new proof")
    output.add_argument("--out", type=Path, metavar="FILE", help="write a copy there; it must not exist yet")
    output.add_argument("--json", action="store_true", help="one JSON object, with the filled text")
    output.add_argument("--quiet", action="store_true", help="no progress")


@dataclass(slots=True)
class _Copy:
    """The file that is written: whole, when Lean has read it with a new proof, and only while it holds what was last
    read or written."""

    path: Path
    known: bytes | None

    def write(self, filling: Filling) -> None:
        """Raises UsageError if somebody else changed the file meanwhile."""
        now = self.path.read_bytes() if self.path.exists() else None
        if now != self.known:
            raise UsageError(f"{self.path} was changed meanwhile: it is left as it is; fill it again")
        self.known = filling.text.encode()
        write_bytes(self.path, self.known)


def run(options: argparse.Namespace) -> int:
    """0 if everything is filled, 1 if not."""
    console = Console(is_quiet=options.quiet, is_json=options.json)
    config = Config(
        time_limit_s=options.time_limit,
        lean=lean_settings(options),
        models=ModelConfig(policy=options.policy),
        search=SearchConfig(best_effort=options.best_effort),
    )
    copy = _copy_of(options)

    def tell(filling: Filling) -> None:
        _say(filling.theorems[-1], console)

    def write(filling: Filling) -> None:
        if copy is not None:
            copy.write(filling)

    filling = run_until_told(fill(options.place, config, Telling(console), on_filled=tell, on_fitting=write))
    for left in filling.left:
        goal = left.goal.rpartition("⊢ ")[2]
        console.aligned(f"{left.line}:{left.column + 1}  {left.theorem}  ", f"left by an unfinished proof: ⊢ {goal}")
    for note in filling.notes:
        console.warn(note)
    written = str(copy.path) if copy is not None else None
    _summarise(filling, written, console)
    return int(any(hole.proof is None for each in filling.theorems for hole in each.holes))


def _copy_of(options: argparse.Namespace) -> _Copy | None:
    """The file to write, if one is asked for. Raises UsageError for both at once, for a copy that exists, and for a
    folder that can't be written to."""
    name = Part.parse(options.place).name
    if options.in_place and options.out is not None:
        raise UsageError("--in-place writes the file itself, --out a copy: give one of them")
    if options.out is not None:
        if options.out.exists():
            raise UsageError(f"{options.out} exists already: name another --out")
        return _writable(_Copy(options.out, None))
    if not options.in_place:
        return None
    lean_file(name)  # says what is wrong with the name before it is read
    return _writable(_Copy(Path(name).resolve(), Path(name).read_bytes()))


def _writable(copy: _Copy) -> _Copy:
    folder = next(place for place in copy.path.absolute().parents if place.exists())
    if not os.access(folder, os.W_OK):
        raise UsageError(f"{folder} can't be written to: --out FILE names a copy elsewhere")
    return copy


def _say(theorem: FilledTheorem, console: Console) -> None:
    """A line for each hole of a theorem."""
    source, name = theorem.order.task.source, theorem.result.name
    for hole in theorem.holes:
        if hole.proof is None:
            said = f"left: {in_words(hole.stop_reason)}"
        else:
            said = " ⏎ ".join(part.strip() for part in hole.proof.splitlines())
        console.aligned(f"{source}:{hole.line}:{hole.column + 1}  {name}  ", said)


def _summarise(filling: Filling, written: str | None, console: Console) -> None:
    holes = [hole for each in filling.theorems for hole in each.holes]
    filled = sum(hole.proof is not None for hole in holes)
    console.line(
        f"\n{filled} of {len(holes)} `sorry`s filled; proved and judged: {', '.join(filling.judged) or 'none'}"
    )
    if written is not None:
        console.line(f"written: {written}")
    elif filled:
        console.line("nothing is written: --in-place writes the file, --out FILE a copy")
    console.json({**filling.to_json(), "written": written})
