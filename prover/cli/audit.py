"""`stepwise audit`: look for defective statements in a benchmark file."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import asdict

from prover.assembly.components import pools_of
from prover.assembly.reading import read_sources
from prover.assembly.toolchains import Toolchains, open_toolchain
from prover.cli.console import Console
from prover.cli.ending import run_until_told
from prover.cli.inputs import refuse_missing
from prover.cli.numbers import setting
from prover.cli.page import Page
from prover.cli.projects import add_project_arguments, lean_settings
from prover.cli.telling import Telling
from prover.driver.searches import problem_of
from prover.lean.problem import OpenFailed
from prover.tasks import TaskList
from prover.tasks.audit import Finding, Severity, audit, lean_findings
from prover.tasks.load import Source, open_inputs, read_texts

PAGE = Page(
    examples=(
        "stepwise audit benchmark.jsonl",
        "stepwise audit benchmark.jsonl --lean --project DIR",
    ),
    document="data.md",
    exits={0: "no statement has a defect", 1: "a statement has a defect"},
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("inputs", nargs="+", metavar="FILE", help="what `stepwise prove` takes")
    parser.add_argument("--lean", action="store_true", help="also elaborate each statement and look for contradictions")
    lean = add_project_arguments(parser)
    lean.add_argument(
        "--workers", type=setting("lean.workers"), default=2, metavar="N", help="Lean processes (default 2)"
    )
    output = parser.add_argument_group("output")
    output.add_argument("--json", action="store_true", help="one JSON finding a line")


def run(options: argparse.Namespace) -> int:
    """0 if no statement has a defect, 1 otherwise."""
    console = Console(is_json=options.json)
    for name in options.inputs:
        refuse_missing(name)
    sources = open_inputs(options.inputs, stdin=None if sys.stdin is None else sys.stdin.buffer)
    if options.lean:
        tasks, findings = run_until_told(_with_lean(sources, options, console))
    else:
        tasks = read_texts(sources)
        findings = _shown(audit(tasks), console)
    defective = {finding.id for finding in findings if finding.severity is Severity.DEFECT}
    console.line(f"{len(tasks)} statements, {len(defective)} with a defect, {len(findings)} findings")
    return 1 if defective else 0


async def _with_lean(
    sources: Sequence[Source], options: argparse.Namespace, console: Console
) -> tuple[TaskList, list[Finding]]:
    """The statements as Lean reads them, with the findings that need an elaborated statement among the others."""
    settings, listener = lean_settings(options, workers=options.workers), Telling(console)
    toolchain = await open_toolchain(settings, listener)
    tasks = await read_sources(sources, Toolchains((toolchain,)), listener)
    found = _shown(audit(tasks), console)
    queue = list(reversed(tasks.tasks))
    with console.counting(len(queue)) as bar:
        async with pools_of([toolchain], settings, listener)[0] as pool:

            async def work() -> None:
                while queue:
                    task = queue.pop()
                    environment = await pool.open(problem_of(task))
                    if isinstance(environment, OpenFailed):
                        reason = "; ".join(environment.messages)
                        lacks_library = "unknown module prefix" in reason  # which is no fault of the statement
                        severity = Severity.WARNING if lacks_library else Severity.DEFECT
                        new = [Finding(task.id, "elaboration", severity, reason, task.source, task.line)]
                    else:
                        new = await lean_findings(task, environment)
                        await environment.close()
                    found.extend(_shown(new, console))
                    bar.update()

            await asyncio.gather(*(work() for _ in range(options.workers)))
    return tasks, found


def _shown(findings: list[Finding], console: Console) -> list[Finding]:
    """The findings, each said in both forms."""
    for finding in findings:
        console.line(str(finding))
        console.advise(finding.message)
        console.json(asdict(finding))
    return findings
