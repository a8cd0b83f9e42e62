"""The report as Markdown: what fits on a page and survives a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prover.report.columns import COLUMNS
from prover.report.summary import REST, Group, Summary, said_of_run
from prover.run.records import RunData
from prover.run.result import SOLVED


def to_markdown(run: RunData, summary: Summary) -> str:
    """The text of `report.md`."""
    parts = [
        f"# {summary.title}",
        f"**{summary.proved} of the whole list proved**, {summary.counts['disproved']} disproved.",
        _table(("status", "theorems"), ((name, count) for name, count in summary.counts.items())),
        "Intervals are 95 % Wilson score intervals; the denominator is the input list.",
        _settings(summary),
        _pass_at(summary),
        _group_table("By source", summary.groups),
        _group_table("By split", summary.splits),
        _within(summary),
        _lengths(summary),
        _unsolved(summary),
        _counts("Tactics", "outcome", summary.outcomes),
        _counts("In how many proofs", "tactic", summary.closers),
        _shares("Busy share of wall-clock time", summary.utilisation),
        _theorems(run),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _settings(summary: Summary) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in summary.versions.items())
    rows = [
        ("budget (passes × samples × expansions)", summary.budget),
        ("seed", summary.seed),
        ("statements", f"lineage `{summary.lineage}`"),
        ("toolchain", summary.toolchain),
        *said_of_run(summary),
        ("versions", versions),
        ("wall-clock time", f"{summary.wall_s:.1f} s"),
    ]
    return _table(("", ""), rows)


def _pass_at(summary: Summary) -> str:
    return "## Pass@k\n\n" + _table(("k", "proved"), summary.pass_at) if len(summary.pass_at) > 1 else ""


def _group_table(title: str, groups: Sequence[Group]) -> str:
    if len(groups) < 2:
        return ""
    rows = ((group.name, group.solved, *(group.counts.get(name, 0) for name in REST)) for group in groups)
    return f"## {title}\n\n" + _table(("", "proved", *REST), rows)


def _within(summary: Summary) -> str:
    curve = summary.curves.get("seconds", ())
    if not curve:
        return ""
    marks = (0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000, 10000)
    rows = []
    for mark in marks:
        count = max((solved for seconds, solved in curve if seconds <= mark), default=0)
        rows.append((f"{mark:g}", count))
        if count == curve[-1][1]:
            break
    times = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in summary.times.items())
    return "## Solved within\n\n" + _table(("seconds", "theorems"), rows) + f"\n\nTime to a proof: {times}."


def _lengths(summary: Summary) -> str:
    if not summary.proof_steps:
        return ""
    table = _table(("tactics in the proof", "theorems"), summary.proof_steps.items())
    return f"## Proof lengths\n\nMedian {summary.median_steps:g}.\n\n{table}"


def _unsolved(summary: Summary) -> str:
    rows = [(status, why, n) for status, reasons in summary.stop_reasons.items() for why, n in reasons.items()]
    if not rows:
        return ""
    text = "## What was not solved, and why\n\n" + _table(("status", "stopped by", "theorems"), rows)
    return text + ("\n\n" + _table(("message", "theorems"), summary.errors.items()) if summary.errors else "")


def _counts(title: str, head: str, counts: dict[str, int]) -> str:
    return f"## {title}\n\n" + _table((head, "number"), counts.items()) if counts else ""


def _shares(title: str, shares: dict[str, float]) -> str:
    return f"## {title}\n\n" + _table(("", "share"), ((k, f"{v:.1%}") for k, v in shares.items())) if shares else ""


def _theorems(run: RunData) -> str:
    names = (f"[{each.id}]({each.proof_file})" if each.status in SOLVED else each.id for each in run.records)
    rows = ((name, *(column.text(each) for column in COLUMNS)) for name, each in zip(names, run.records, strict=True))
    return "## Theorems\n\n" + _table(("theorem", *(column.name for column in COLUMNS)), rows)
