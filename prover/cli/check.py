"""`stepwise check`: judge a run's proofs again, a file's theorems, or a solution against its challenge."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from prover.assembly.checking import Claim, check_claims, claims_of, open_judges
from prover.cli.console import Console
from prover.cli.ending import run_until_told
from prover.cli.inputs import refuse_missing
from prover.cli.numbers import at_least_one
from prover.cli.page import Page
from prover.cli.projects import add_project_arguments, lean_settings
from prover.cli.telling import Telling
from prover.errors import UsageError
from prover.judge import Judging, Verdict, VerdictStatus, check_files, exit_code, trust

_WORDS = {
    VerdictStatus.ACCEPTED: "✓ accepted",
    VerdictStatus.REJECTED: "✗ rejected",
    VerdictStatus.UNKNOWN: "? unknown",
}


PAGE = Page(
    examples=(
        "stepwise check runs/mine",
        "stepwise check Mine.lean",
        "stepwise check Solution.lean --challenge Challenge.lean",
    ),
    document="judge.md",
    exits={
        0: "every proof is accepted",
        1: "a proof is rejected, or a file without a challenge has an error",
        2: "a proof could not be judged (unknown), or the input or an option is wrong",
    },
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("subject", type=Path, metavar="RUN|FILE.lean", help="a run's folder, or a file with proofs")
    parser.add_argument(
        "--challenge",
        type=Path,
        metavar="FILE",
        help="what has to be proved, with `sorry` (default: what the file says)",
    )
    parser.add_argument(
        "--theorem",
        metavar="NAME",
        help="which theorem (default: all of the file, or all that the challenge leaves open)",
    )
    lean = add_project_arguments(parser, each="each proof of a run is judged with the one that accepted it")
    lean.add_argument(
        "--parallel",
        type=at_least_one,
        default=2,
        metavar="N",
        help="proofs judged at once, for each Lean (default 2)",
    )
    lean.add_argument(
        "--fresh", action="store_true", help="a new process for each proof: the strict form, many times slower"
    )
    output = parser.add_argument_group("output")
    output.add_argument("--json", action="store_true", help="one JSON verdict a line")
    output.add_argument("--quiet", action="store_true", help="no progress")


def run(options: argparse.Namespace) -> int:
    """0 all accepted, 1 one rejected, or an error in a file without a challenge, 2 one unknown."""
    console = Console(is_quiet=options.quiet, is_json=options.json)
    if options.subject.is_dir() and (options.challenge is not None or options.theorem is not None):
        raise UsageError(f"{options.subject} is a folder; --challenge and --theorem go with a file")
    refuse_missing(str(options.subject))
    if options.subject.is_file() and len(options.project or ()) > 1:
        raise UsageError("a file is judged with one Lean: name one --project")
    if options.challenge is not None:
        refuse_missing(str(options.challenge))
    return run_until_told(_check(options, console))


async def _check(options: argparse.Namespace, console: Console) -> int:
    """Judge, with every verdict said as soon as it is known."""
    is_file = options.subject.is_file()
    claims = [] if is_file else claims_of(options.subject)
    opening = open_judges(lean_settings(options), Telling(console), parallel=options.parallel, is_strict=options.fresh)
    async with opening as (leans, judges):
        if is_file:
            challenge = options.challenge or options.subject
            verdicts = await check_files(judges[0], challenge, options.subject, options.theorem)
            for verdict in verdicts:
                say(console, verdict, lean=verdict.toolchain if len(verdicts) == 1 else "")
        else:
            judge_of = {claim.id: judges[leans.index_of_fingerprint(claim.toolchain)] for claim in claims}
            verdicts = await check_each(judge_of, claims, console, names_lean=len(judges) > 1)
    counts = {status: sum(verdict.status is status for verdict in verdicts) for status in VerdictStatus}
    if len(verdicts) != 1:
        console.line(", ".join(f"{counts[status]} {status}" for status in VerdictStatus) + f"; {leans.name}")
    for sentence in trust(verdict.to_json() for verdict in verdicts):
        console.line(sentence)
    has_errors = _say_elsewhere(console, verdicts) and options.challenge is None
    return max(exit_code(verdicts), 1 if has_errors else 0)


async def check_each(
    judge_of: Mapping[str, Judging], claims: Sequence[Claim], console: Console, *, names_lean: bool = False
) -> list[Verdict]:
    """Judge a run's proofs again behind a bar; with `names_lean`, say which Lean judged each."""
    with console.counting(len(claims), unit="proof") as bar:

        def on_verdict(claim: Claim, verdict: Verdict) -> None:
            say(console, verdict, claim.id, lean=verdict.toolchain if names_lean else "")
            bar.update()

        return await check_claims(judge_of, claims, on_verdict)


def say(console: Console, verdict: Verdict, identifier: str | None = None, *, lean: str = "") -> None:
    """Print one verdict, in both forms, with the theorem's id if it is of a run, its place, and all that Lean said
    against it. `lean` names the Lean that judged it, if there are several."""
    console.json({**({} if identifier is None else {"id": identifier}), **verdict.to_json()})
    name = (identifier or verdict.theorem).replace("\n", "\\n")
    place = "" if verdict.place is None else str(verdict.place)
    said = "  ".join(filter(None, (place, name, _detail(verdict))))
    line = f"{_WORDS[verdict.status]:<10} {verdict.elapsed_s:5.1f} s  {said}"
    console.line(f"{line}; {lean}" if lean else line)
    for error in verdict.errors[1:]:
        console.line(f"  {error.place}  {error.text}")
    for said in (verdict.reason, *(error.text for error in verdict.errors)):
        console.advise(said)


def _say_elsewhere(console: Console, verdicts: Sequence[Verdict]) -> bool:
    """Print the errors on which none of the theorems rests; whether there are any."""
    others = [set(verdict.elsewhere) for verdict in verdicts if verdict.place is not None]
    unsaid = set.union(*others) - {error for verdict in verdicts for error in verdict.errors} if others else set()
    for error in sorted(unsaid, key=lambda error: (error.place.line, error.place.column)):
        console.line(f"  {error.place}  error, though not of a theorem above: {error.text}")
        console.advise(error.text)
    return bool(unsaid)


def _detail(verdict: Verdict) -> str:
    """Why a proof was not accepted, or what it rests on."""
    if verdict.kind is not None:
        return f"{verdict.kind}: {verdict.reason}"
    parts = [f"axioms: {', '.join(verdict.axioms) or 'none'}"]
    if verdict.inductives:
        parts.append(f"declares inductive types: {', '.join(verdict.inductives)}")
    return "; ".join(filter(None, (*parts, verdict.advice)))
