"""A paired comparison of two runs on the same theorems: what each proved, whether the difference could be chance, and
which settings differ."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from prover.errors import UsageError
from prover.report.stats import Rate, mcnemar, mean_interval, median, rate
from prover.run.records import RunData, TheoremRecord
from prover.run.result import SOLVED

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs compared on `total` theorems. `only_first` and `only_second` are the ids of theorems that only one run
    solved; `difference` is the solved rate of the second minus that of the first, with its paired 95 % bootstrap
    interval; `p_value` is that of McNemar's exact test; `speed` is the median ratio of seconds, second over first, on
    theorems that both solved."""

    names: tuple[str, str]
    total: int
    solved: tuple[Rate, Rate]
    both: int
    neither: int
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    difference: float
    interval: tuple[float, float]
    p_value: float
    speed: float | None
    statuses: dict[str, int]
    settings: dict[str, tuple[Any, Any]]
    left_out: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def compare_runs(first: RunData, second: RunData, *, common_only: bool = False) -> Comparison:
    """Compare two runs over the same statements.

    Raises UsageError if their statements differ: scores of different lineages say nothing about each other. With
    `common_only`, the theorems that are the same in both are compared, and the others counted in `left_out`.
    """
    pairs, differing = _pair_up(first, second)
    if differing and not common_only:
        raise UsageError(_refusal(first, second, pairs, differing))
    if not pairs:
        raise UsageError(f"{first.path} and {second.path} have no statement in common")
    solved = [(x.status in SOLVED, y.status in SOLVED) for x, y in pairs]
    before, after = (sum(each) for each in zip(*solved, strict=True))
    only_first = tuple(x.id for (x, _), each in zip(pairs, solved, strict=True) if each == (True, False))
    only_second = tuple(y.id for (_, y), each in zip(pairs, solved, strict=True) if each == (False, True))
    both = [pair for pair, each in zip(pairs, solved, strict=True) if all(each)]
    ratios = [y.elapsed_s / x.elapsed_s for x, y in both if x.elapsed_s > 0]
    changes = Counter(f"{x.status} → {y.status}" for x, y in pairs if x.status != y.status)
    return Comparison(
        names=(str(first.path), str(second.path)),
        total=len(pairs),
        solved=(rate(before, len(pairs)), rate(after, len(pairs))),
        both=len(both),
        neither=solved.count((False, False)),
        only_first=only_first,
        only_second=only_second,
        difference=(after - before) / len(pairs),
        interval=mean_interval([now - was for was, now in solved], rng=random.Random(0)),
        p_value=mcnemar(len(only_first), len(only_second)),
        speed=median(ratios) if ratios else None,
        statuses=dict(changes.most_common()),
        settings=_settings(first, second),
        left_out=len(differing),
    )


def _pair_up(first: RunData, second: RunData) -> tuple[list[tuple[TheoremRecord, TheoremRecord]], list[str]]:
    """The records that are the same statement under the same id in both runs, and the ids of all others."""
    others = {record.id: record for record in second.records}
    pairs: list[tuple[TheoremRecord, TheoremRecord]] = []
    for record in first.records:
        other = others.get(record.id)
        if other is not None and _fingerprint(record) == _fingerprint(other):
            pairs.append((record, other))
    paired = {record.id for record, _ in pairs}
    ids = dict.fromkeys([*(r.id for r in first.records), *(r.id for r in second.records)])
    return pairs, [identifier for identifier in ids if identifier not in paired]


def _fingerprint(record: TheoremRecord) -> str:
    return record.task.fingerprint if record.task is not None else "refused"


def _refusal(first: RunData, second: RunData, pairs: Sequence[object], differing: Sequence[str]) -> str:
    in_first, in_second = ({record.id for record in run.records} for run in (first, second))
    changed = [i for i in differing if i in in_first and i in in_second]
    shown = ", ".join(differing[:_SHOWN]) + (", …" if len(differing) > _SHOWN else "")
    return (
        f"{first.path} and {second.path} are not over the same statements (lineages {first.info.lineage} and "
        f"{second.info.lineage}), so their scores can't be compared: {len(pairs)} statements are the same, "
        f"{len(changed)} have the same name but another text, "
        f"{len([i for i in differing if i not in in_second])} are only in the first and "
        f"{len([i for i in differing if i not in in_first])} only in the second ({shown}). "
        "To compare on the statements they share, add --common-only"
    )


def _settings(first: RunData, second: RunData) -> dict[str, tuple[Any, Any]]:
    """Every setting, version and hash in which the two runs differ."""
    flat = [
        {
            **_flatten(run.info.config),
            **{f"version of {name}": value for name, value in run.info.versions.items()},
            "toolchain": run.info.toolchain,
        }
        for run in (first, second)
    ]
    keys = dict.fromkeys([*flat[0], *flat[1]])
    return {key: (flat[0].get(key), flat[1].get(key)) for key in keys if flat[0].get(key) != flat[1].get(key)}


def _flatten(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in config.items():
        flat |= _flatten(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return flat


def comparison_text(comparison: Comparison) -> str:
    """The comparison for a terminal or a Markdown file."""
    c, (low, high) = comparison, comparison.interval
    lines = [
        f"first   {c.names[0]}: {c.solved[0]} solved",
        f"second  {c.names[1]}: {c.solved[1]} solved",
        "",
        f"{c.total} theorems, paired: {c.both} solved by both, {len(c.only_first)} only by the first, "
        f"{len(c.only_second)} only by the second, {c.neither} by neither",
        f"difference {c.difference:+.1%}, 95 % interval {low:+.1%} to {high:+.1%}; McNemar p = {c.p_value:.3g}",
    ]
    if c.left_out:
        lines.append(f"{c.left_out} theorems that are not the same in both were left out")
    if c.speed is not None:
        lines.append(f"on what both solved, the second took {c.speed:.2f} times as long (median)")
    lines += _list("only the first solved", c.only_first) + _list("only the second solved", c.only_second)
    lines += _list("status changes", [f"{change}: {number}" for change, number in c.statuses.items()])
    lines += _list("settings that differ", [f"{key}: {a!r} → {b!r}" for key, (a, b) in c.settings.items()])
    return "\n".join(lines) + "\n"


def _list(title: str, items: Sequence[str]) -> list[str]:
    return ["", f"{title}:", *(f"  {item}" for item in items)] if items else []
