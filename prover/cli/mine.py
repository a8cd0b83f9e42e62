"""`stepwise mine`: statements to prove, from the compiled modules of a library; steps of proofs, from files."""

from __future__ import annotations

import argparse
from pathlib import Path

from prover.assembly.mining import Wanted, mine_statements
from prover.assembly.mining_proofs import Repository, mine_proofs
from prover.cli.console import Console
from prover.cli.ending import run_until_told
from prover.cli.page import Page
from prover.cli.projects import add_project_arguments, lean_settings
from prover.cli.telling import Telling
from prover.data.mined_steps import SHAPES
from prover.errors import UsageError

_SHOWN = 10
_LIBRARY = ("Init", "Std")
_LICENCE = "Apache-2.0"  # Lean's own

PAGE = Page(
    examples=(
        "stepwise mine statements --out pool.jsonl --exclude @held_out.txt",
        "stepwise mine statements --out mine.jsonl --project DIR --root Mine",
        "stepwise mine proofs DIR --project DIR --out steps.parquet",
    ),
    document="data.md",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "what",
        choices=["statements", "proofs"],
        metavar="WHAT",
        help="statements: each theorem of compiled modules, behind the imports of its own module, for `stepwise "
        "prove`; proofs: each tactic of the theorems in .lean files, run once more by itself",
    )
    parser.add_argument("inputs", nargs="*", metavar="FILE", help="for proofs: .lean files, or folders of such")
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help="statements: a .jsonl file, gone on with if it is there; proofs: .jsonl, .json or .parquet",
    )
    _add_statements(parser.add_argument_group("statements"))
    proofs = parser.add_argument_group("proofs")
    proofs.add_argument("--shape", choices=list(SHAPES), default="steps", help="what a row is like (default steps)")
    proofs.add_argument("--url", default="", help="the repository, as the rows name it")
    proofs.add_argument("--commit", default="", help="its commit, as the rows name it")
    add_project_arguments(parser)
    parser.add_argument("--json", action="store_true", help="what was written, as JSON")


def _add_statements(modules: argparse._ArgumentGroup) -> None:
    modules.add_argument(
        "--root",
        action="append",
        metavar="NAME",
        help="a module to import: it and all that it brings is mined; repeatable (default: Init and Std)",
    )
    modules.add_argument(
        "--include",
        nargs="+",
        default=["*"],
        metavar="PATTERN",
        help="only these, as Init.Data.*; @FILE stands for the patterns in a file, one a line",
    )
    modules.add_argument(
        "--exclude",
        nargs="+",
        default=[],
        metavar="PATTERN",
        help="none of these; @FILE as above",
    )
    modules.add_argument("--licence", help=f"what the rows say (default: {_LICENCE} for Lean's library, else nothing)")


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    console = Console(is_json=options.json)
    if options.what == "proofs":
        return _proofs(options, console)
    if options.inputs:
        raise UsageError("statements come from compiled modules (--root, --include), not from files")
    if options.out.suffix != ".jsonl":
        raise UsageError(f"--out {options.out}: statements are written to a .jsonl file")
    licence = options.licence or ("" if options.root else _LICENCE)
    wanted = Wanted(
        tuple(options.root or _LIBRARY), tuple(_patterns(options.include)), tuple(_patterns(options.exclude)), licence
    )
    counts = run_until_told(mine_statements(options.out, wanted, lean_settings(options), Telling(console)))
    left_out = f"; {counts['unreadable']} that Lean does not read as it prints them are left out"
    console.line(f"{counts['written']} statements in {options.out}{left_out if counts['unreadable'] else ''}")
    console.json({"statements": counts["written"], "unreadable": counts["unreadable"], "target": str(options.out)})
    return 0


def _proofs(options: argparse.Namespace, console: Console) -> int:
    if not options.inputs:
        raise UsageError("name the .lean files, or their folder")
    repository = Repository(options.url, options.commit, Path(options.project or "."))
    lean = lean_settings(options)
    counts = run_until_told(mine_proofs(options.inputs, options.out, options.shape, repository, lean, Telling(console)))
    done = {what: counts.pop(what, 0) for what in ("steps", "theorems", "files")}
    console.line(f"{done['steps']} steps of {done['theorems']} theorems in {done['files']} files: {options.out}")
    for reason, count in counts.most_common(_SHOWN):
        console.line(f"left out, {reason}: {count}")
    console.json({**done, "left_out": counts, "target": str(options.out)})
    return 0


def _patterns(words: list[str]) -> list[str]:
    """The patterns, those in the files that words like @FILE name among them."""
    found: list[str] = []
    for word in words:
        if not word.startswith("@"):
            found.append(word)
            continue
        try:
            lines = Path(word[1:]).read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise UsageError(f"{word}: {error.strerror or error}") from error
        found += [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return found
