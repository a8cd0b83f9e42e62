"""The figures of a report, computed once for Markdown, HTML and JSON."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from prover.judge import trust
from prover.report.stats import Rate, median, quantile, rate
from prover.run.records import RunData, TheoremRecord
from prover.run.result import SOLVED, Status
from prover.tasks.presets import PRESETS

Curve = tuple[tuple[float, int], ...]
"""Points (budget, theorems solved within it), rising."""
REST = ("disproved", "failed", "unknown", "invalid")
"""The statuses of what is not proved."""


@dataclass(frozen=True, slots=True)
class Group:
    """The theorems of one source or split."""

    name: str
    counts: dict[str, int]
    solved: Rate


@dataclass(frozen=True, slots=True)
class Summary:
    """All figures of a report. Rates are over the whole input list unless a comment says otherwise."""

    title: str
    total: int
    counts: dict[str, int]
    proved: Rate
    valid: Rate  # proved of those that are theorems at all
    pass_at: tuple[tuple[int, Rate], ...]
    budget: str
    groups: tuple[Group, ...]
    splits: tuple[Group, ...]
    curves: dict[str, Curve]
    proof_steps: dict[int, int]
    median_steps: float
    stop_reasons: dict[str, dict[str, int]]
    errors: dict[str, int]
    outcomes: dict[str, int]
    closers: dict[str, int]
    times: dict[str, float]
    utilisation: dict[str, float]
    wall_s: float
    lineage: str
    seed: int
    toolchain: str
    judged: tuple[str, ...]  # a sentence for each Lean that accepted proofs
    versions: dict[str, str]
    models: dict[str, str]  # by what they do
    answers: dict[str, int]  # of the policy's model: all, and those that were dropped

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def summarise(run: RunData) -> Summary:
    """The summary of a run."""
    records = run.records
    proved = [record for record in records if record.status is Status.PROVED]
    counts = Counter(str(record.status) for record in records)
    steps = [r.final.proof_steps for r in proved if r.final is not None and r.final.proof_steps is not None]
    return Summary(
        title=run.path.resolve().name,
        total=len(records),
        counts={str(status): counts[str(status)] for status in Status},
        proved=rate(len(proved), len(records)),
        valid=rate(len(proved), len(records) - counts[str(Status.INVALID)]),
        pass_at=_pass_at(records, int(_setting(run, "search", "passes", default=1))),
        budget=_budget(run),
        groups=_groups(records, lambda record: Path(record.source).name or "-"),
        splits=_groups([r for r in records if r.task and r.task.split], lambda r: (r.task and r.task.split) or "-"),
        curves=_curves(records),
        proof_steps=dict(sorted(Counter(steps).items())),
        median_steps=median(steps),
        stop_reasons=_stop_reasons(records),
        errors=_errors(records),
        outcomes=_outcomes(records),
        closers=_closers(proved),
        times=_times(proved),
        utilisation=_utilisation(run),
        wall_s=run.wall_s,
        lineage=run.info.lineage,
        seed=run.info.seed,
        toolchain=run.info.toolchain,
        judged=trust(r.final.verdict for r in records if r.final is not None and r.final.verdict),
        versions=dict(run.info.versions),
        models=_models(run),
        answers=answer_counts(run),
    )


def _models(run: RunData) -> dict[str, str]:
    """Each model that the run worked with; without what is known of it, as the settings name it."""
    named = {kind: _setting(run, "models", kind, default=None) for kind in ("policy", "critic")}
    described = {
        kind: "; ".join(
            f"{each.get('name')} (style {each.get('style')}, {each.get('precision')}, "
            f"weights id {str(each.get('weights_id'))[:16]}) on "
            f"{', '.join(each.get('memory') or [str(each.get('device'))])}"
            for each in known
        )
        for kind, known in run.info.models.items()
    }
    known = {kind: described.get(kind) or str(name) for kind, name in named.items() if name is not None}
    planners = _setting(run, "plan", "planners", default=None)
    return known | ({"planners": f"{', '.join(planners)}: {_plans(run)}"} if planners else {})


def _plans(run: RunData) -> str:
    """What all sketches of the run came to, as a sentence."""
    total: Counter[str] = Counter()
    for record in run.records:
        for result in record.attempts:
            total.update(result.usage.plan)
    return (
        f"{total['calls']:g} requests, {total['sketches']:g} sketches worked at, {total['refused']:g} refused, "
        f"{total['disproved']:g} with a false goal, {total['filled']:g} of {total['holes']:g} holes filled, "
        f"{total['from_board']:g} of them with a known script"
    )


def answer_counts(run: RunData) -> dict[str, int]:
    """The counts of the model's answers, empty without a model: sums over the parts of the run, since a resumed run
    counts from 0 again."""
    total = {"answers": 0, "answers_cut": 0, "answers_unreadable": 0, "requests_asked_again": 0}
    for name in total:
        counts = [int(sample.get(name, 0)) for sample in run.samples]
        ends = [now for now, later in itertools.pairwise([*counts, 0]) if later < now]
        total[name] = sum(ends)
    return total if total["answers"] else {}


def dropped_share(counts: Mapping[str, int]) -> float:
    """The share of the model's answers that could not be used; 0 without a model."""
    return (counts["answers_cut"] + counts["answers_unreadable"]) / counts["answers"] if counts else 0.0


def answers_line(counts: Mapping[str, int]) -> str:
    """The counts of the model's answers as a sentence; empty without a model."""
    if not counts:
        return ""
    again = counts["requests_asked_again"]
    return (
        f"{counts['answers']}; dropped {dropped_share(counts):.1%} "
        f"({counts['answers_cut']} cut off at the token limit, {counts['answers_unreadable']} unreadable)"
    ) + f"; requests asked again after a fault of the engine: {again}" * bool(again)


def said_of_run(summary: Summary) -> list[tuple[str, str]]:
    """Rows of the report's settings: who judged, the models, and what became of their answers."""
    judged = [("judged", sentence) for sentence in summary.judged]
    answers = [("answers of the model", answers_line(summary.answers))] if summary.answers else []
    return [*judged, *summary.models.items(), *answers]


def _setting(run: RunData, *keys: str, default: Any) -> Any:
    value: Any = run.info.config
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return default
        value = value[key]
    return value


def _budget(run: RunData) -> str:
    """The preset's name, passes × samples × expansions, and what else limits a theorem."""
    numbers = [_setting(run, "search", key, default=None) for key in ("passes", "samples", "expansions")]
    parts = ["×".join(str(number) for number in numbers)] if None not in numbers else []
    limit = _setting(run, "time_limit_s", default=None)
    parts += [f"{limit:g} s a theorem"] if limit is not None else []
    rule = _setting(run, "search", "rule", default=None)
    written = ", ".join([*parts, *([str(rule)] if rule else [])])
    name = _setting(run, "preset", default=None)
    if name is None:
        return written
    known = PRESETS.get(name)
    if known is None or not known.is_kept_by(run.info.config):
        return f"{name} (changed): {written}"
    return f"{name}: {written}" + (f" (published: {known.reported})" if known.reported else "")


def _pass_at(records: Sequence[TheoremRecord], passes: int) -> tuple[tuple[int, Rate], ...]:
    """pass@k: the rate of theorems proved within the first k passes, for powers of two and the last k, over the whole
    list. With a single pass all attempts count as one: they are rounds of one search, or parts of a resumed one."""
    ks = sorted({1, *(2**i for i in range(20) if 2**i <= passes), passes})
    proved = [record for record in records if record.status is Status.PROVED]
    first = [record.solved_at if passes > 1 else 0 for record in proved]
    return tuple((k, rate(sum(1 for at in first if at is not None and at < k), len(records))) for k in ks)


def _groups(records: Sequence[TheoremRecord], name: Callable[[TheoremRecord], str]) -> tuple[Group, ...]:
    members: dict[str, list[TheoremRecord]] = {}
    for record in records:
        members.setdefault(name(record), []).append(record)
    return tuple(
        Group(
            key,
            dict(Counter(str(record.status) for record in group)),
            rate(sum(record.status is Status.PROVED for record in group), len(group)),
        )
        for key, group in members.items()
    )


def _curves(records: Sequence[TheoremRecord]) -> dict[str, Curve]:
    solved = [record for record in records if record.status in SOLVED]
    axes: dict[str, Callable[[TheoremRecord], float]] = {
        "seconds": lambda record: record.elapsed_s,
        "tactics": lambda record: float(record.tactics),
        "expansions": lambda record: float(record.expansions),
        "Lean seconds": lambda record: record.lean_s,
        "tokens": _tokens,
    }
    curves = {name: _curve([value(record) for record in solved]) for name, value in axes.items()}
    if curves["tokens"] == curves["tactics"]:  # a policy without a tokenizer counts each tactic as one
        del curves["tokens"]
    return {name: curve for name, curve in curves.items() if any(x > 0 for x, _ in curve)}


def _tokens(record: TheoremRecord) -> float:
    return sum(result.usage.tokens for result in record.attempts)


def _curve(values: Sequence[float]) -> Curve:
    points: dict[float, int] = {}
    for number, value in enumerate(sorted(values), start=1):
        points[round(value, 4)] = number
    return tuple(points.items())


def _stop_reasons(records: Sequence[TheoremRecord]) -> dict[str, dict[str, int]]:
    """The stop reasons of unsolved theorems with their counts, by status, commonest first."""
    table: dict[str, Counter[str]] = {}
    for record in records:
        if record.status not in SOLVED:
            table.setdefault(str(record.status), Counter())[record.stop_reason or "-"] += 1
    return {status: dict(reasons.most_common()) for status, reasons in table.items()}


def _errors(records: Sequence[TheoremRecord]) -> dict[str, int]:
    """First lines of error texts with names and numbers taken out, commonest first."""
    texts = [record.final.error for record in records if record.final is not None and record.final.error]
    return dict(Counter(_shape(text) for text in texts).most_common(20))


def _shape(text: str) -> str:
    first = re.sub(r"^\d+:\d+: ", "", text.strip().split("\n")[0])
    return re.sub(r"`[^`]*`", "`…`", re.sub(r"\b\d+\b", "N", first))[:120]


def _outcomes(records: Sequence[TheoremRecord]) -> dict[str, int]:
    """The outcomes of the tactics of all searches, counted."""
    totals: Counter[str] = Counter()
    for record in records:
        for result in record.attempts:
            counts = result.usage.counts
            for name in ("advanced", "closed", "timed_out", "crashed", "repeated"):
                totals[name] += getattr(counts, name)
            for kind, count in counts.refused.items():
                totals[f"refused: {kind}"] += count
    return {name: count for name, count in totals.items() if count}


def _closers(proved: Sequence[TheoremRecord]) -> dict[str, int]:
    """The number of proofs that use each tactic, by the tactic's first word."""
    uses: Counter[str] = Counter()
    for record in proved:
        script = (record.final.proof if record.final is not None else None) or ""
        words = {match.group(1) for match in re.finditer(r"(?:^|<;>|·|;)\s*([a-z_]\w*[?!]?)", script, re.MULTILINE)}
        uses.update(words)
    return dict(uses.most_common(15))


def _times(proved: Sequence[TheoremRecord]) -> dict[str, float]:
    seconds = [record.elapsed_s for record in proved]
    return {name: round(quantile(seconds, q), 4) for name, q in (("median", 0.5), ("90 %", 0.9), ("longest", 1.0))}


def _utilisation(run: RunData) -> dict[str, float]:
    """Busy shares of the run's working time: of each kind of actor, from the samples; and of Lean inside tactics, from
    the results."""
    samples = run.samples
    kinds = sorted({name for sample in samples for name in sample if name.endswith("_busy")})
    sampled = {name: sum(sample.get(name, 0.0) for sample in samples) / len(samples) for name in kinds}
    shares = {_BUSY_NAMES.get(name, name.removesuffix("_busy")): share for name, share in sampled.items()}
    workers = max(1, int(_setting(run, "lean", "workers", default=1)))
    if run.wall_s > 0:
        shares["Lean, in tactics"] = sum(record.lean_s for record in run.records) / (workers * run.wall_s)
    return {name: round(share, 4) for name, share in shares.items() if share > 0}


_BUSY_NAMES = {"lean_busy": "Lean workers, with a request", "judge_busy": "judge, with a proof"}
