"""`stepwise check`: judge a run's proofs again, or one solution against its challenge."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from prover.assembly.checking import Claim, check_claims, claims_of, open_judges
from prover.cli.console import Console
from prover.cli.ending import run_until_told
from prover.cli.page import Page
from prover.cli.projects import add_project_arguments, lean_settings
from prover.cli.telling import Telling
from prover.errors import UsageError
from prover.judge import Judging, Verdict, VerdictStatus, check_files, exit_code

_WORDS = {
    VerdictStatus.ACCEPTED: "✓ accepted",
    VerdictStatus.REJECTED: "✗ rejected",
    VerdictStatus.UNKNOWN: "? unknown",
}


PAGE = Page(
    examples=(
        "stepwise check runs/mine",
        "stepwise check Solution.lean --challenge Challenge.lean",
    ),
    document="judge.md",
    exits={
        0: "every proof is accepted",
        1: "a proof is rejected",
        2: "a proof could not be judged (unknown), or the input or an option is wrong",
    },
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("subject", type=Path, metavar="RUN|SOLUTION.lean", help="a run's folder, or a solution")
    parser.add_argument("--challenge", type=Path, metavar="FILE", help="what the solution has to prove, with `sorry`")
    parser.add_argument("--theorem", metavar="NAME", help="which theorem (default: all that the challenge leaves open)")
    lean = add_project_arguments(parser, each="each proof of a run is judged with the one that accepted it")
    lean.add_argument(
        "--parallel", type=int, default=2, metavar="N", help="judging processes, for each Lean (default 2)"
    )
    output = parser.add_argument_group("output")
    output.add_argument("--json", action="store_true", help="one JSON verdict a line")
    output.add_argument("--quiet", action="store_true", help="no progress")


def run(options: argparse.Namespace) -> int:
    """0 accepted, 1 rejected, 2 unknown."""
    console = Console(is_quiet=options.quiet, is_json=options.json)
    if options.challenge is None and not options.subject.is_dir():
        raise UsageError(f"{options.subject} is not a run's folder; to judge a solution, name its --challenge")
    if options.challenge is not None and options.subject.is_dir():
        raise UsageError(f"{options.subject} is a folder; --challenge goes with a solution's file")
    if options.challenge is not None and len(options.project or ()) > 1:
        raise UsageError("a solution is judged with one Lean: name one --project beside --challenge")
    return run_until_told(_check(options, console))


async def _check(options: argparse.Namespace, console: Console) -> int:
    """Judge, with every verdict said as soon as it is known."""
    claims = [] if options.challenge is not None else claims_of(options.subject)
    opening = open_judges(lean_settings(options), Telling(console), parallel=options.parallel)
    async with opening as (leans, judges):
        if options.challenge is not None:
            verdicts = await check_files(judges[0], options.challenge, options.subject, options.theorem)
            for verdict in verdicts:
                say(console, verdict, lean=verdict.toolchain if len(verdicts) == 1 else "")
        else:
            judge_of = {claim.id: judges[leans.index_of_fingerprint(claim.toolchain)] for claim in claims}
            verdicts = await check_each(judge_of, claims, console, names_lean=len(judges) > 1)
    counts = {status: sum(verdict.status is status for verdict in verdicts) for status in VerdictStatus}
    if len(verdicts) != 1:
        console.line(", ".join(f"{counts[status]} {status}" for status in VerdictStatus) + f"; {leans.name}")
    return exit_code(verdicts)


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
    """Print one verdict, in both forms, with the theorem's id if it is of a run. `lean` names the Lean that judged it,
    if there are several."""
    console.json({**({} if identifier is None else {"id": identifier}), **verdict.to_json()})
    name = identifier or verdict.theorem
    line = f"{_WORDS[verdict.status]:<10} {verdict.elapsed_s:5.1f} s  {name}  {_detail(verdict)}"
    console.line(f"{line}; {lean}" if lean else line)


def _detail(verdict: Verdict) -> str:
    """Why a proof was not accepted, or what it rests on."""
    if verdict.kind is not None:
        return f"{verdict.kind}: {verdict.reason}"
    parts = [f"axioms: {', '.join(verdict.axioms) or 'none'}"]
    if verdict.inductives:
        parts.append(f"declares inductive types: {', '.join(verdict.inductives)}")
    return "; ".join(filter(None, (*parts, verdict.advice)))
