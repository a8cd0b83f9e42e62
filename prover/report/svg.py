"""Small plots as inline SVG: no plotting library, no script, readable in light and dark.

Colours are the page's CSS variables (`--c0` …), so a plot needs the style sheet of `html.py` around it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

_WIDTH, _HEIGHT = 560, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 14, 12, 40
Points = Sequence[tuple[float, float]]


def steps(series: Mapping[str, Points], *, x_label: str, y_label: str, y_max: float, title: str) -> str:
    """Step curves (solved against budget) over a logarithmic axis. `y_max` is drawn as a dashed line: nothing can be
    above it."""
    axis = _log_axis([x for points in series.values() for x, _ in points])
    top = max([y for points in series.values() for _, y in points], default=1.0)
    plot = _Plot(axis, _linear_axis(y_max if top > 0.5 * y_max else top * 1.25), title)
    plot.frame(x_label, y_label)
    for number, points in enumerate(series.values()):
        plot.path(_stairs(points, axis.low, axis.high), number)
    if top > 0.5 * y_max:
        plot.level(y_max)
    return plot.done()


def lines(series: Mapping[str, Points], *, x_label: str, y_label: str, title: str, y_max: float | None = None) -> str:
    """Plain curves over a linear axis (shares over time)."""
    xs = [x for points in series.values() for x, _ in points]
    ys = [y for points in series.values() for _, y in points]
    plot = _Plot(_linear_axis(max(xs, default=1.0)), _linear_axis(y_max or max(ys, default=1.0)), title)
    plot.frame(x_label, y_label)
    for number, points in enumerate(series.values()):
        plot.path(points, number)
    return plot.done()


def colour(number: int) -> str:
    """The colour of a plot's curve by its place, from 0."""
    return f"var(--c{number % 6})"


def columns(counts: Mapping[int, int], *, x_label: str, y_label: str, title: str, most: int = 30) -> str:
    """A column chart over whole numbers; numbers above `most` share the last column."""
    folded: dict[int, int] = {}
    for value, count in counts.items():
        folded[min(value, most)] = folded.get(min(value, most), 0) + count
    high = max(folded, default=1)
    plot = _Plot(
        _Axis(0.5, high + 0.5, tuple(_whole_ticks(high))), _linear_axis(max(folded.values(), default=1)), title
    )
    plot.frame(x_label, y_label)
    for value, count in sorted(folded.items()):
        left, right = plot.x(value - 0.4), plot.x(value + 0.4)
        hint = f"{'≥ ' if value == most and high == most else ''}{value}: {count}"
        plot.rect(left, plot.y(count), right - left, plot.y(0) - plot.y(count), hint)
    return plot.done()


def bars(counts: Mapping[str, float], *, title: str, unit: str = "", colours: Mapping[str, str] | None = None) -> str:
    """Horizontal bars with their values, in the order given."""
    row, label, width = 24, 190, _WIDTH - 260
    top = max(counts.values(), default=1.0) or 1.0
    parts: list[str] = []
    for number, (name, count) in enumerate(counts.items()):
        y, size = number * row, max(1.0, width * count / top)
        colour = (colours or {}).get(name, "var(--c0)")
        shown = f"{count:,.0f}" if unit == "" else f"{count:.1%}" if unit == "%" else f"{count:.3g} {unit}"
        parts.append(
            f'<text x="{label - 8}" y="{y + 16}" text-anchor="end">{escape(_short(name, 28))}</text>'
            f'<rect x="{label}" y="{y + 4}" width="{size:.1f}" height="16" rx="2" style="fill:{colour}">'
            f"<title>{escape(name)}: {shown}</title></rect>"
            f'<text x="{label + size + 6:.1f}" y="{y + 16}">{shown}</text>'
        )
    return _svg("".join(parts), _WIDTH, max(1, len(counts)) * row + 4, title)


def _short(text: str, size: int) -> str:
    return text if len(text) <= size else text[: size - 1] + "…"


def _svg(body: str, width: float, height: float, title: str) -> str:
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img" '
        f'aria-label="{escape(title, quote=True)}">{body}</svg>'
    )


class _Axis:
    def __init__(self, low: float, high: float, ticks: Sequence[tuple[float, str]], *, is_log: bool = False) -> None:
        self.low, self.high, self.ticks, self._is_log = low, high, ticks, is_log

    def place(self, value: float) -> float:
        """0 at the low end, 1 at the high end."""
        if self._is_log:
            value = math.log10(max(value, self.low)) - math.log10(self.low)
            return value / (math.log10(self.high) - math.log10(self.low))
        return (value - self.low) / (self.high - self.low)


def _linear_axis(high: float) -> _Axis:
    """An axis from 0."""
    high = high if high > 0.0 else 1.0
    raw = high / 5
    unit = 10.0 ** math.floor(math.log10(raw))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= raw)
    count = int(high / step + 1e-9)
    return _Axis(0.0, high, tuple((i * step, f"{i * step:g}") for i in range(count + 1)))


def _log_axis(values: Sequence[float]) -> _Axis:
    positive = [value for value in values if value > 0] or [1.0]
    low = 10.0 ** math.floor(math.log10(min(positive)))
    high = 10.0 ** math.ceil(math.log10(max(positive)) + 1e-9)
    decades = round(math.log10(high / low))
    ticks = [(low * 10.0**i, f"{low * 10.0**i:g}") for i in range(decades + 1)]
    if decades <= 2:
        halves = [(low * 10.0**i * f, f"{low * 10.0**i * f:g}") for i in range(decades) for f in (2, 5)]
        ticks = sorted(ticks + halves)
    return _Axis(low, high, ticks, is_log=True)


def _whole_ticks(high: int) -> list[tuple[float, str]]:
    step = max(1, math.ceil(high / 12))
    return [(float(value), str(value)) for value in range(1, high + 1, step)]


def _stairs(points: Points, low: float, high: float) -> list[tuple[float, float]]:
    path, height = [(low, 0.0)], 0.0
    for x, y in points:
        path += [(x, height), (x, y)]
        height = y
    return [*path, (high, height)]


class _Plot:
    """One plot being drawn."""

    def __init__(self, x_axis: _Axis, y_axis: _Axis, title: str) -> None:
        self._x_axis, self._y_axis, self._title = x_axis, y_axis, title
        self._parts: list[str] = []

    def x(self, value: float) -> float:
        return _LEFT + self._x_axis.place(value) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - self._y_axis.place(value) * (_HEIGHT - _TOP - _BOTTOM)

    def frame(self, x_label: str, y_label: str) -> None:
        base, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
        for value, text in self._y_axis.ticks:
            y = self.y(value)
            self._parts.append(
                f'<line class="grid" x1="{_LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
                f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'
            )
        for value, text in self._x_axis.ticks:
            x = self.x(value)
            self._parts.append(
                f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{base}" y2="{base + 4}"/>'
                f'<text x="{x:.1f}" y="{base + 17}" text-anchor="middle">{text}</text>'
            )
        middle = (_LEFT + right) / 2
        self._parts.append(
            f'<line class="axis" x1="{_LEFT}" x2="{right}" y1="{base}" y2="{base}"/>'
            f'<text x="{middle}" y="{_HEIGHT - 6}" text-anchor="middle" class="label">{escape(x_label)}</text>'
            f'<text transform="translate(12 {(base + _TOP) / 2}) rotate(-90)" text-anchor="middle" '
            f'class="label">{escape(y_label)}</text>'
        )

    def path(self, points: Points, number: int) -> None:
        where = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        self._parts.append(f'<polyline points="{where}" style="stroke:{colour(number)}" class="curve"/>')

    def level(self, value: float) -> None:
        y = self.y(value)
        self._parts.append(f'<line class="level" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')

    def rect(self, x: float, y: float, width: float, height: float, hint: str) -> None:
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" style="fill:var(--c0)">'
            f"<title>{escape(hint)}</title></rect>"
        )

    def done(self) -> str:
        return _svg("".join(self._parts), _WIDTH, _HEIGHT, self._title)
