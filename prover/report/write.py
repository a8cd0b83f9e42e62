"""Writes a run's reports into its folder: `report.json`, `report.md`, `report.html` and a page for each theorem."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

from prover.files import write_text
from prover.report.html import to_html
from prover.report.markdown import to_markdown
from prover.report.pages import theorem_page
from prover.report.summary import Summary, summarise
from prover.run.records import read_run


def write_report(folder: Path, *, pages: bool = True) -> Summary:
    """Write all reports of the run in `folder`. Returns its summary. The run may still be at work.

    Raises RunFolderError if the folder holds no run, is damaged, or can't be written.
    """
    steps = report_steps(folder, pages=pages)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            summary: Summary = end.value
            return summary


def report_steps(folder: Path, *, pages: bool = True) -> Generator[tuple[int, int], None, Summary]:
    """As `write_report`, a step at a time: yields how many of the theorems' pages are written, and their number."""
    run = read_run(folder)
    summary = summarise(run)
    write_text(folder / "report.json", json.dumps(summary.to_json(), indent=2, ensure_ascii=False) + "\n")
    write_text(folder / "report.md", to_markdown(run, summary))
    write_text(folder / "report.html", to_html(run, summary, linked=pages))
    if pages:
        for number, record in enumerate(run.records):
            yield number, len(run.records)
            page = folder / "theorems" / f"{record.stem}.html"
            write_text(page, theorem_page(run, record), can_be_made_again=True)
    return summary
