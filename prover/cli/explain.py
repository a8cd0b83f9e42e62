"""`stepwise explain RUN NAME`: why a theorem of a run has no proof, and what to do next."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from prover.cli.advice import next_step
from prover.cli.console import Console
from prover.cli.page import Page
from prover.cli.report import record_of
from prover.learn.failure import IN_WORDS, Cause, Failure, Near, failure_of
from prover.report.summary import answer_counts, answers_line, dropped_share
from prover.run.records import read_run
from prover.run.result import in_words

PAGE = Page(
    examples=("stepwise explain runs/mine NAME", "stepwise explain runs/mine NAME --json"),
    document="data.md",
)

_UNITS = {"wall_s": "s", "lean_s": "s of Lean"}
_PLAN = {
    "sketches": "sketches worked at",
    "refused": "refused",
    "restated": "restate the goal",
    "disproved": "with a false goal",
    "filled": "holes filled",
    "calls": "requests",
}
_FOR_WANT_OF_TACTICS = (Cause.ALL_REFUSED, Cause.EXHAUSTED, Cause.OUT_OF_TIME, Cause.OUT_OF_BUDGET)
_MANY_DROPPED = 0.5
_MOST_LINES = 25
_MOST_HOLES = 3
_GOAL_LINES = 3
_WIDTH = 110


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("run", type=Path, metavar="RUN", help="a run's folder; it may still be at work")
    parser.add_argument("theorem", metavar="NAME", help="a theorem, by id or name")
    parser.add_argument("--json", action="store_true", help="the same as one JSON object")


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    console = Console(is_json=options.json)
    data = read_run(options.run)
    failure = failure_of(data, record_of(data, options.theorem))
    answers = answer_counts(data)
    step = advice(failure, options.run, is_model_mute=dropped_share(answers) > _MANY_DROPPED)
    for line in lines(failure, step, answers_line(answers)):
        console.line(line)
    console.json({**failure.to_json(), **answers, "next_step": step})
    return 0


def lines(failure: Failure, step: str, answers: str = "") -> list[str]:
    """The explanation, in at most 25 lines: of the nearest states as many as there is room for. `answers` says what
    became of the model's answers in the whole run."""
    before, after = list(_what_ended_it(failure)), [*_what_was_done(failure, answers), f"next       {step}"]
    room = _MOST_LINES - len(before) - len(after)
    nearest: list[str] = []
    for number, near in enumerate(failure.nearest):
        shown = list(_near(near, is_first=number == 0))
        nearest += shown if len(nearest) + len(shown) <= room else []
    return [*before, *nearest, *after]


def _what_ended_it(failure: Failure) -> Iterator[str]:
    yield f"{failure.id}: {failure.status} ({in_words(failure.stop_reason)})"
    yield f"cause      {failure.cause}: {IN_WORDS[failure.cause]}"
    if failure.error:
        yield f"message    {_cut(failure.error.splitlines()[0])}"
    if failure.holes:
        places = ", ".join(map(str, dict.fromkeys(failure.holes)))
        left = f"the `sorry` of line {places}" if len(failure.holes) == 1 else f"the `sorry`s of lines {places}"
        yield f"left       {left}; what follows is about what is left"
    for said in failure.holes_said[:_MOST_HOLES]:
        yield f"{'':<11}{_cut(said.splitlines()[0])}"
    if failure.limits:
        yield "limits     " + ", ".join(_limit(failure, name) for name in failure.limits)
    if failure.states:
        yield "states     " + ", ".join(f"{count} {name}" for name, count in failure.states.items())


def _what_was_done(failure: Failure, answers: str) -> Iterator[str]:
    if failure.refusals:
        counts = sorted(failure.refusals.items(), key=lambda item: -item[1])
        yield "refused    " + ", ".join(f"{count} {kind}" for kind, count in counts)
    if answers:
        yield f"answers    of the model in the whole run: {answers}"
    for number, cost in enumerate(failure.costliest):
        head = "cost most  " if number == 0 else " " * 11
        yield f"{head}{cost.lean_s:.1f} s  {cost.word}: {cost.tried} tried, {cost.accepted} accepted"
    if failure.missing:
        yield f"unknown    {', '.join(failure.missing)}"
    for note, said in failure.beside.items():
        yield f"beside     {note.replace('_', ' ')}: {_cut(said)}"
    if failure.plan:
        told = ", ".join(f"{failure.plan[name]:g} {said}" for name, said in _PLAN.items() if failure.plan.get(name))
        yield f"plan       {told or 'nobody was asked for a sketch'}"
    if failure.plan_said:
        yield f"{'':<11}{_cut(failure.plan_said)}"


def _limit(failure: Failure, name: str) -> str:
    unit = _UNITS.get(name, name)
    return f"{failure.used.get(name, 0):.4g} of {failure.limits[name]:.4g} {unit}"


def _near(near: Near, *, is_first: bool) -> Iterator[str]:
    """A state in a few lines: what its goal is, with the last of its hypotheses."""
    shown = near.goals.split("\n\n")[0].splitlines()
    value = "" if near.value is None else f", value {near.value:.2f}"
    yield f"{'nearest' if is_first else '':<11}tactics before it: {near.depth}, tried there: {near.tried}{value}"
    for line in shown[-_GOAL_LINES:]:
        yield f"{'':<13}{_cut(line)}"


def _cut(text: str) -> str:
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def advice(failure: Failure, run: Path, *, is_model_mute: bool = False) -> str:
    """One concrete next step. `is_model_mute` says that most of the model's answers could not be used."""
    resume, longer_s = f"stepwise prove --resume {run}", 3 * failure.limits.get("wall_s", 60.0)
    negation = "" if failure.was_negation_tried else "; if it may be false, prove it again with --disprove 0.3"
    if is_model_mute and failure.cause in _FOR_WANT_OF_TACTICS:
        return "stepwise doctor --policy MODEL: most of its answers could not be used, as with a wrong ?style="
    match failure.cause:
        case Cause.PROVED:
            return f"nothing: stepwise check {run} judges it again"
        case Cause.NOT_REACHED | Cause.INTERRUPTED:
            return f"go on: {resume}"
        case Cause.FALSE_STATEMENT:
            return f"correct the statement; what refutes it is in {run}/disproofs"
        case Cause.MISSING_IMPORT | Cause.MISSING_NAMES:
            names = ", ".join(failure.missing)
            return next_step(failure.error) or f"name a project that has {names} with --project DIR, or import it"
        case Cause.DOES_NOT_ELABORATE | Cause.REFUSED_INPUT:
            return next_step(failure.error) or "correct the text where the message says"
        case Cause.FALSE_HOLE:
            return "correct what stands before the `sorry` that is false, or the statement; then fill it again"
        case Cause.WORKER_LOST | Cause.UNANSWERED:
            return f"once more, with fewer workers at a time and more memory: {resume} --workers 1"
        case Cause.MODEL_FAULT:
            return "stepwise doctor --policy MODEL says what is wrong with it"
        case Cause.UNJUDGED:
            return f"once more, with more time for the judge: {resume} --time-limit {longer_s:g}"
        case Cause.REJECTED:
            return f"look at the verdict in {run}/results.jsonl; report a proof that Lean itself accepts"
        case Cause.OUT_OF_TIME:
            return f"more time: {resume} --time-limit {longer_s:g}{negation}"
        case Cause.OUT_OF_BUDGET:
            limit = failure.limits.get(failure.stop_reason, 0)
            return f"more of it: {resume} --set search.{failure.stop_reason}={3 * limit:g}{negation}"
        case Cause.ALL_REFUSED:
            return "stepwise suggest FILE:LINE shows what Lean says there; another --policy may know more"
        case Cause.EXHAUSTED:
            return f"state a lemma for the nearest goal, or use another --policy{negation}"
