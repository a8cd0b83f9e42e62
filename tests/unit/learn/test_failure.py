"""Why a theorem has no proof: a run's folder for each cause, and what is said of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from prover.cli.explain import advice, lines
from prover.cli.main import main
from prover.learn.failure import Cause, Failure, Near, failure_of
from prover.run.folder import RunFolder
from prover.run.records import read_run
from prover.run.result import HoleResult, Status, TheoremResult
from prover.run.trace import TraceExpansion, TraceTactic, TraceWriter
from prover.run.usage import Usage
from prover.tasks import load_tasks
from search.budget import Budget

NONE: Mapping[str, str] = {}


def tactic(
    text: str, outcome: str, *children: str, kind: str = "", error: str = "", lean_s: float = 0.1
) -> TraceTactic:
    return TraceTactic(text, outcome, -1.0, children=children, kind=kind, error=error, lean_s=lean_s)


def expanded(
    index: int, key: str, *tactics: TraceTactic, value: float | None = None, states: Mapping[str, str] = NONE
) -> TraceExpansion:
    path = () if index == 0 else ("intro h",)
    return TraceExpansion(index, key, f"h : p\n⊢ {key}", path, 0.1, tactics, value=value, states=states)


NO = tactic("omega", "rejected", kind="error", error="omega could not prove it")
SPLIT = tactic("constructor", "advanced", "left", "right")
PARTS = {"left": "⊢ left", "right": "⊢ right"}
HALF = (expanded(0, "root", SPLIT, NO, states=PARTS), expanded(1, "left", tactic("rfl", "proved")))
DEAD = (*HALF, expanded(2, "right", NO, tactic("simp", "rejected", kind="elaboration", error="no", lean_s=2.0)))
UNKNOWN = tuple(
    tactic(text, "rejected", kind=kind, error=error)
    for text, kind, error in (
        ("exact mul_pos h", "elaboration", "Unknown identifier `mul_pos`"),
        ("nlinarith [h]", "parse", "<input>:1:1: unknown tactic"),
        ("rw [sq_nonneg]", "elaboration", "unknown constant 'sq_nonneg'"),
    )
)
CRASHED = tactic("decide", "crashed", error="the worker ended")


@dataclass(frozen=True)
class Case:
    """A result and the expansions of its trace."""

    stop_reason: str
    status: Status = Status.FAILED
    trace: Sequence[TraceExpansion] = ()
    error: str = ""
    usage: Usage = field(default_factory=lambda: Usage(limits=Budget(expansions=600, wall_s=10.0)))


CASES = {
    Cause.EXHAUSTED: Case("exhausted", trace=DEAD),
    Cause.OUT_OF_TIME: Case("wall_time", trace=HALF),
    Cause.OUT_OF_BUDGET: Case("expansions", trace=HALF),
    Cause.MISSING_IMPORT: Case(
        "does_not_elaborate", Status.INVALID, error="a.lean:1:0: unknown module prefix 'Mathlib'\nNo directory"
    ),
    Cause.DOES_NOT_ELABORATE: Case("does_not_elaborate", Status.INVALID, error="a.lean:1:0: type mismatch"),
    Cause.REFUSED_INPUT: Case("refused", Status.INVALID, error="it rests on `d` (line 9), which holds a `sorry`"),
    Cause.FALSE_STATEMENT: Case("disproved", Status.DISPROVED, trace=DEAD, usage=Usage(disproof=True)),
    Cause.ALL_REFUSED: Case("exhausted", trace=(expanded(0, "root", NO, NO),)),
    Cause.MISSING_NAMES: Case("exhausted", trace=(expanded(0, "root", *UNKNOWN, NO),)),
    Cause.WORKER_LOST: Case("wall_time", trace=(expanded(0, "root", CRASHED, CRASHED, NO),)),
    Cause.UNJUDGED: Case("unjudged", Status.UNKNOWN, trace=HALF, error="the judge could not tell: out of memory"),
    Cause.REJECTED: Case("rejected", trace=HALF, error="the judge rejected the proof"),
    Cause.UNANSWERED: Case("unanswered", Status.UNKNOWN, error="its time ended in the wait for Lean's first answer"),
    Cause.INTERRUPTED: Case("cancelled", Status.UNKNOWN, trace=HALF),
    Cause.MODEL_FAULT: Case("model_fault", Status.UNKNOWN, error="the endpoint is gone"),
    Cause.PROVED: Case("proved", Status.PROVED, trace=HALF),
}


def failure(folder: Path, case: Case | None, holes: tuple[HoleResult, ...] = (), note: str = "") -> Failure:
    """What is said of a run with this result and trace."""
    tasks = load_tasks([], ["theorem t : p"])
    run = RunFolder.create(folder, tasks, config={}, versions={}, seed=0, toolchain="lean", started_at=0.0)
    if case is not None:
        run.journal.append(
            TheoremResult(
                "t", "t", case.status, case.stop_reason, error=case.error, elapsed_s=10.0, holes=holes, usage=case.usage
            )
        )
        with TraceWriter(run.trace_path("t", 0, note), {"id": "t"}) as writer:
            for expansion in case.trace:
                writer.write(expansion)
    run.close()
    data = read_run(folder)
    return failure_of(data, data.records[0])


def test_a_state_whose_expansion_was_cut_short_counts_as_open(tmp_path: Path) -> None:
    cut = replace(expanded(2, "right"), is_cut=True)
    found = failure(tmp_path / "run", Case("wall_time", trace=(*HALF, cut)))
    assert found.states == {"open": 2, "dead": 0, "proved": 1}


@pytest.mark.parametrize("cause", CASES)
def test_each_cause_is_told_with_one_next_step_in_few_lines(cause: Cause, tmp_path: Path) -> None:
    found = failure(tmp_path / "run", CASES[cause])
    assert found.cause is cause
    said = list(lines(found, advice(found, tmp_path)))
    assert len(said) <= 25
    assert f"cause      {cause}" in said[1]
    assert said[-1].startswith("next       ") and len(said[-1]) > 20


@pytest.mark.parametrize(
    ("error", "cause", "missing"),
    [
        ("a.lean:1:4: it does not elaborate: type mismatch", Cause.DOES_NOT_ELABORATE, ()),
        ("it does not elaborate: Unknown identifier `foo`", Cause.MISSING_IMPORT, ("foo",)),
        (
            "a.lean:1:4: it does not elaborate: Function expected at\n  Odd\n\n"
            "Hint: The identifier `Odd` is unknown, and Lean's `autoImplicit` option causes it to be bound.",
            Cause.MISSING_IMPORT,
            ("Odd",),
        ),
    ],
)
def test_a_statement_that_was_refused_before_the_run_is_told_by_what_lean_said(
    error: str, cause: Cause, missing: tuple[str, ...], tmp_path: Path
) -> None:
    found = failure(tmp_path / "run", Case("refused", Status.INVALID, error=error))
    assert (found.cause, found.missing) == (cause, missing)


def test_a_model_whose_answers_could_not_be_used_is_the_next_thing_to_look_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    failure(run, CASES[Cause.EXHAUSTED])
    for dropped, step in ((90, "stepwise doctor --policy MODEL"), (10, "state a lemma for the nearest goal")):
        (run / "utilisation.jsonl").write_text(json.dumps({"at_s": 1, "answers": 100, "answers_cut": dropped}))
        assert main(["explain", str(run), "t"]) == 0
        said = capsys.readouterr().out
        assert f"answers    of the model in the whole run: 100; dropped {dropped:.1f}% ({dropped} cut off" in said
        assert f"next       {step}" in said


def test_a_theorem_that_the_run_has_not_reached_is_told_as_such(tmp_path: Path) -> None:
    found = failure(tmp_path / "run", None)
    assert (found.cause, advice(found, Path("r"))) == (Cause.NOT_REACHED, "go on: stepwise prove --resume r")


def test_states_refusals_and_costs_are_counted(tmp_path: Path) -> None:
    found = failure(tmp_path / "run", CASES[Cause.EXHAUSTED])
    assert found.states == {"open": 0, "dead": 2, "proved": 1}
    assert found.refusals == {"error": 2, "elaboration": 1}
    first = found.costliest[0]
    assert (first.word, first.lean_s, first.tried, first.accepted) == ("simp", 2.0, 1, 0)
    assert found.nearest == ()


def test_the_open_state_that_a_critic_likes_best_is_the_nearest(tmp_path: Path) -> None:
    two = tactic("cases h", "advanced", "a", "b")
    trace = (
        expanded(0, "root", two, states={"a": "⊢ a", "b": "⊢ b ∧ c ∧ d"}),
        expanded(1, "b", tactic("simp", "timed_out"), value=0.9),
    )
    found = failure(tmp_path / "run", Case("wall_time", trace=trace))
    assert [near.goals for near in found.nearest] == ["h : p\n⊢ b", "⊢ a", "h : p\n⊢ root"]
    assert found.states == {"open": 3, "dead": 0, "proved": 0}


def test_names_that_do_not_exist_are_told_and_a_next_step_with_them(tmp_path: Path) -> None:
    found = failure(tmp_path / "run", CASES[Cause.MISSING_NAMES])
    assert found.missing == ("mul_pos", "nlinarith", "sq_nonneg")
    assert "name a project that has mul_pos, nlinarith, sq_nonneg" in advice(found, Path("r"))
    lacking = failure(tmp_path / "other", CASES[Cause.MISSING_IMPORT])
    assert lacking.missing == ("Mathlib",)
    assert "this Lean has no Mathlib" in advice(lacking, Path("r"))


def test_limits_name_what_was_used_and_the_next_step_raises_the_one_that_bound(tmp_path: Path) -> None:
    found = failure(tmp_path / "run", CASES[Cause.OUT_OF_BUDGET])
    assert "limits     0 of 600 expansions, 10 of 10 s" in list(lines(found, ""))
    assert advice(found, Path("r")).startswith("more of it: stepwise prove --resume r --set search.expansions=1800;")


def test_a_proof_that_was_not_judged_in_time_is_one_for_more_time(tmp_path: Path) -> None:
    found = failure(tmp_path / "run", CASES[Cause.UNJUDGED])
    assert advice(found, Path("r")).endswith("stepwise prove --resume r --time-limit 30")


def test_a_search_for_the_negation_is_told_with_what_it_proved(tmp_path: Path) -> None:
    usage = Usage(beside={"disproof": "wall_time"})
    found = failure(tmp_path / "run", Case("wall_time", trace=HALF, usage=usage), note="disproof")
    assert found.beside == {"disproof": "wall_time; 1 of 3 states proved"}
    assert "--disprove" not in advice(found, Path("r"))


def test_of_several_sorries_those_that_are_left_are_explained(tmp_path: Path) -> None:
    holes = (HoleResult(3, 4, "⊢ p", "rfl"), HoleResult(5, 2, "⊢ q", None, "exhausted"))
    found = failure(tmp_path / "run", Case("exhausted", trace=DEAD), holes, note="hole2")
    assert (found.holes, found.states) == ((5,), {"open": 0, "dead": 2, "proved": 1})


def test_a_false_sorry_among_several_is_the_cause_with_the_values_that_refute_it(tmp_path: Path) -> None:
    holes = (HoleResult(2, 4, "⊢ p", "exact h"), HoleResult(5, 4, "⊢ n < 5", None, "false for n := 5"))
    found = failure(tmp_path / "run", CASES[Cause.OUT_OF_TIME], holes, note="hole2")
    assert found.cause is Cause.FALSE_HOLE
    said = "\n".join(lines(found, advice(found, tmp_path)))
    assert "the `sorry` of line 5" in said and "line 5: false for n := 5" in said
    assert said.splitlines()[-1].startswith("next       correct what stands before")


def test_what_sketches_came_to_is_told_with_the_last_that_was_wrong(tmp_path: Path) -> None:
    plan = {"sketches": 2, "refused": 1, "disproved": 1, "calls": 3}
    events = (
        '{"event": "refused", "said": ["2:3: unknown identifier x\\nmore"]}',
        '{"event": "sketch", "disproofs": [{"goal": "n : Nat\\n⊢ n = 0", "script": "witness"}]}',
        '{"event": "sketch", "dispro',
    )
    record = tmp_path / "run" / "plan" / "t.jsonl"
    record.parent.mkdir(parents=True)
    record.write_text("\n".join(events))
    found = failure(tmp_path / "run", Case("wall_time", trace=HALF, usage=Usage(plan=plan)))
    said = list(lines(found, "go on"))
    assert "plan       2 sketches worked at, 1 refused, 1 with a false goal, 3 requests" in said
    assert f"{'':<11}false: ⊢ n = 0" in said
    assert len(said) <= 25


def test_an_explanation_with_everything_in_it_has_room_for_its_next_step(tmp_path: Path) -> None:
    found = failure(tmp_path / "run", CASES[Cause.EXHAUSTED])
    full = replace(
        found,
        error="e",
        holes=(1, 2),
        limits={"wall_s": 1.0},
        nearest=(Near("h : a\ng : b\n⊢ c", 1, 2),) * 3,
        missing=("x",),
        beside={"disproof": "wall_time", "contradictory_hypotheses": "exhausted"},
        plan={"sketches": 1, "calls": 2},
        plan_said="it stopped",
    )
    said = lines(full, "go on")
    assert len(said) <= 25
    assert said[-1] == "next       go on"
    assert sum("tactics before it" in line for line in said) == 2
