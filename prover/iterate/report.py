"""The report of a loop: curves over its rounds, as text, JSON and a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from prover.files import write_text
from prover.iterate.rounds import Round
from prover.iterate.schedule import Stop
from prover.report import svg
from prover.report.html import page, table

_HEAD = ("round", "theorems", "s each", "s of Lean", "proved", "disproved", "shorter", "solved", "tactics", "replay")


def write_reports(folder: Path, rounds: Sequence[Round], stop: Stop, total: int) -> None:
    """Write `report.json`, `report.md` and `report.html` to the folder."""
    write_text(folder / "report.json", json.dumps(report_json(rounds, stop, total), indent=1) + "\n")
    write_text(folder / "report.md", "\n".join(report_lines(rounds, stop, total)) + "\n")
    write_text(folder / "report.html", _html(rounds, stop, total))


def report_json(rounds: Sequence[Round], stop: Stop, total: int) -> dict[str, Any]:
    """The report as plain JSON values."""
    return {"theorems": total, "stop": str(stop), "rounds": [asdict(each) for each in rounds]}


def report_lines(rounds: Sequence[Round], stop: Stop, total: int) -> list[str]:
    """The report as a table in Markdown."""
    rows = [_HEAD, tuple("---" for _ in _HEAD), *map(_row, rounds)]
    return [_said(rounds, stop, total), "", *(f"| {' | '.join(row)} |" for row in rows)]


def _said(rounds: Sequence[Round], stop: Stop, total: int) -> str:
    solved = rounds[-1].solved if rounds else 0
    spent_s = sum(each.lean_s for each in rounds)
    return f"{solved} of {total} theorems solved with {spent_s:.0f} seconds of Lean in {len(rounds)} rounds: {stop}."


def _row(found: Round) -> tuple[str, ...]:
    numbers = (found.proved, found.disproved, found.shorter, found.solved, found.steps)
    replays = "; ".join(f"{name} {each}" for name, each in found.replays.items())
    spent = (f"{found.each_s:.3g}", f"{found.lean_s:.1f}")
    return (str(found.number + 1), str(found.searched), *spent, *map(str, numbers), replays)


def _html(rounds: Sequence[Round], stop: Stop, total: int) -> str:
    plots = [_solved(rounds, total), *(_replay(rounds, name) for name in (rounds[-1].replays if rounds else ()))]
    body = f"<h1>Rounds</h1><p>{_said(rounds, stop, total)}</p>"
    body += f'<div class="cards">{"".join(f"<figure>{plot}</figure>" for plot in plots)}</div>'
    return page("Rounds", body + table(_HEAD, map(_row, rounds)))


def _solved(rounds: Sequence[Round], total: int) -> str:
    points, spent_s = [(0.0, 0.0)], 0.0
    for each in rounds:
        spent_s += each.lean_s
        points.append((spent_s, float(each.solved)))
    return svg.lines(
        {"solved": points}, x_label="seconds of Lean", y_label="theorems", title="Solved", y_max=max(1.0, total)
    )


def _replay(rounds: Sequence[Round], name: str) -> str:
    told = [(float(each.number + 1), each.replays[name]) for each in rounds if name in each.replays]
    points = [(number, replay.now) for number, replay in told if replay.now is not None]
    return svg.lines({name: points}, x_label="round", y_label="in replay", title=f"Learned: {name}")
