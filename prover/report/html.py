"""The report as one HTML file that needs nothing else: style, plots and a table to sort and filter are inside."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib import resources

from prover.report import svg
from prover.report.columns import COLUMNS, Column
from prover.report.summary import REST, Group, Summary, said_of_run
from prover.run.records import RunData, TheoremRecord
from prover.run.result import Status


def page(title: str, body: str, *, script: str = "") -> str:
    """A whole HTML document with `body` as its content."""
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    style = f"<style>\n{_resource('style.css')}</style>"
    tail = f"<script>\n{script}</script>" if script else ""
    return f"<!doctype html>\n<html lang=en><head>{head}{style}</head><body><main>{body}</main>{tail}</body></html>\n"


@functools.cache
def _resource(name: str) -> str:
    return resources.files("prover.report").joinpath(name).read_text(encoding="utf-8")


def to_html(run: RunData, summary: Summary, *, linked: bool = True) -> str:
    """`report.html`. With `linked`, theorems link to their pages in `theorems/`."""
    body = "".join(
        (
            _top(summary),
            f'<h2>Solved against budget</h2><div class="cards">{_budget_plots(summary)}</div>',
            f'<h2>Proofs, failures, tactics</h2><div class="cards">{_detail_plots(run, summary)}</div>',
            _groups("By source", summary.groups),
            _groups("By split", summary.splits),
            _pass_at(summary),
            _settings(summary),
            _theorems(run.records, linked=linked),
        )
    )
    return page(summary.title, body, script=_resource("table.js"))


def pill(status: Status) -> str:
    """A status with its colour."""
    return f'<span class="pill"><i style="background:var(--{status})"></i>{status}</span>'


def table(head: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: int = 0) -> str:
    """A plain table; the last `numbers` columns are numbers."""
    first = len(head) - numbers
    heads = "".join(f"<th{_num(i >= first)}>{escape(name)}</th>" for i, name in enumerate(head))
    lines = ("".join(f"<td{_num(i >= first)}>{escape(str(value))}</td>" for i, value in enumerate(row)) for row in rows)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _num(is_number: bool) -> str:
    return ' class="num"' if is_number else ""


def card(title: str, inner: str) -> str:
    """A framed part of a page."""
    return f'<div class="card"><h3>{escape(title)}</h3>{inner}</div>'


def _top(summary: Summary) -> str:
    counts = {name: count for name, count in summary.counts.items() if count}
    stack = "".join(
        f'<div style="flex:{count};background:var(--{name})" title="{name}: {count}"></div>'
        for name, count in counts.items()
    )
    legend = _key((f"var(--{name})", name, str(count)) for name, count in counts.items())
    proved = summary.proved
    return (
        f"<h1>{escape(summary.title)}</h1>"
        f'<div class="big">{proved.hits} of {proved.total} proved</div>'
        f'<div class="soft">{proved.share:.1%} of the whole list, 95 % interval {proved.low:.1%} to {proved.high:.1%}'
        f" · {escape(summary.budget)} · {summary.wall_s:.0f} s of wall-clock time</div>"
        f'<div class="stack">{stack}</div>{legend}'
    )


def _key(entries: Iterable[tuple[str, str, str]]) -> str:
    """A legend; `entries` are the colour, the name, and a number or nothing."""
    spans = (f'<span><i style="background:{c}"></i>{escape(n)} <b>{escape(v)}</b></span>' for c, n, v in entries)
    return f'<div class="key">{"".join(spans)}</div>'


def _budget_plots(summary: Summary) -> str:
    plots = [
        card(
            f"Theorems solved within so many {name}",
            svg.steps({name: points}, x_label=name, y_label="solved", y_max=summary.total, title=f"solved by {name}"),
        )
        for name, points in summary.curves.items()
    ]
    return "".join(plots) or '<p class="note">Nothing was solved.</p>'


def _detail_plots(run: RunData, summary: Summary) -> str:
    parts: list[str] = []
    if summary.proof_steps:
        plot = svg.columns(
            summary.proof_steps, x_label="tactics in the proof", y_label="theorems", title="proof lengths"
        )
        parts.append(card(f"Proof lengths (median {summary.median_steps:g})", plot))
    if summary.closers:
        parts.append(card("In how many proofs each tactic occurs", svg.bars(summary.closers, title="tactics")))
    reasons = {f"{s}: {why}": n for s, whys in summary.stop_reasons.items() for why, n in whys.items()}
    if reasons:
        colours = {name: f"var(--{name.split(':')[0]})" for name in reasons}
        parts.append(card("Why the rest was not solved", svg.bars(reasons, title="stop reasons", colours=colours)))
    if summary.outcomes:
        parts.append(card("What became of the tactics tried", svg.bars(summary.outcomes, title="outcomes")))
    if summary.utilisation:
        parts.append(card("Busy share of wall-clock time", svg.bars(summary.utilisation, title="busy", unit="%")))
    parts += _time_plots(run.samples)
    if summary.errors:
        parts.append(card("Messages", table(("message", "theorems"), summary.errors.items(), numbers=1)))
    return "".join(parts)


def _time_plots(samples: Sequence[Mapping[str, float]]) -> list[str]:
    """Plots over time: the busy shares of all actors in one, and every other number that is ever above 0 in its own."""
    series: dict[str, list[tuple[float, float]]] = {}
    for sample in samples:
        for name, value in sample.items():
            if name != "at_s":
                series.setdefault(name, []).append((sample["at_s"], value))
    series = {name: _averaged(points) for name, points in series.items()}
    busy = {name.removesuffix("_busy"): points for name, points in series.items() if name.endswith("_busy")}
    plots: list[str] = []
    if busy:
        plot = svg.lines(busy, x_label="seconds", y_label="busy share", title="busy share over time", y_max=1.0)
        legend = _key((svg.colour(number), name, "") for number, name in enumerate(busy))
        plots.append(card("Busy share over time", legend + plot))
    for name, points in series.items():
        if not name.endswith("_busy") and any(value for _, value in points):
            shown = name.replace("_", " ")
            plots.append(card(shown, svg.lines({name: points}, x_label="seconds", y_label=shown, title=shown)))
    return plots


def _averaged(points: Sequence[tuple[float, float]], most: int = 80) -> list[tuple[float, float]]:
    """At most `most` points, each the mean of its neighbours."""
    size = -(-len(points) // most)
    parts = [points[start : start + size] for start in range(0, len(points), size or 1)]
    return [(sum(x for x, _ in part) / len(part), sum(y for _, y in part) / len(part)) for part in parts]


def _groups(title: str, groups: Sequence[Group]) -> str:
    if len(groups) < 2:
        return ""
    rows = ((g.name, str(g.solved), *(g.counts.get(name, 0) for name in REST)) for g in groups)
    return f'<h2>{title}</h2><div class="card scroll">{table(("", "proved", *REST), rows, numbers=5)}</div>'


def _pass_at(summary: Summary) -> str:
    if len(summary.pass_at) < 2:
        return ""
    rows = ((f"pass@{k}", str(value)) for k, value in summary.pass_at)
    return f'<h2>Pass@k</h2><div class="card">{table(("", "proved"), rows, numbers=1)}</div>'


def _settings(summary: Summary) -> str:
    rows: list[tuple[str, object]] = [
        ("budget", summary.budget),
        ("seed", summary.seed),
        ("lineage of the statements", summary.lineage),
        ("toolchain", summary.toolchain),
        *said_of_run(summary),
    ]
    versions = f"<details><summary>versions</summary>{table(('', ''), summary.versions.items())}</details>"
    return f'<h2>Settings</h2><div class="card scroll">{table(("", ""), rows)}{versions}</div>'


def _theorems(records: Sequence[TheoremRecord], *, linked: bool) -> str:
    head = '<th data-k="s">theorem</th>' + "".join(
        f'<th data-k="s">{each.name}</th>' if each.number is None else f'<th data-k="n" class="num">{each.name}</th>'
        for each in COLUMNS
    )
    rows = "".join(_row(record, linked=linked) for record in records)
    count = f'<span class="soft" id="shown">{len(records)}</span>'
    tools = f'<div class="tools"><input id="find" placeholder="filter">{count}</div>'
    return (
        f'<h2>Theorems</h2>{tools}<div class="card scroll"><table id="list"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(record: TheoremRecord, *, linked: bool) -> str:
    name = escape(record.id)
    if linked:
        name = f'<a href="theorems/{escape(record.stem, quote=True)}.html">{name}</a>'
    return f'<tr><td class="id">{name}</td>{"".join(_cell(each, record) for each in COLUMNS)}</tr>'


def _cell(column: Column, record: TheoremRecord) -> str:
    if column.number is not None:
        return f'<td class="num" data-v="{column.number(record)}">{column.text(record)}</td>'
    return f"<td>{pill(record.status) if column.name == 'status' else escape(column.text(record))}</td>"
