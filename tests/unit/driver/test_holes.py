"""A theorem that holds several `sorry`s: a picture for each hole, and a judge of the whole."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from types import MappingProxyType
from typing import cast

from prover.config import SearchConfig
from prover.driver.parts import Components
from prover.driver.proof_attempt import MAX_REFUSED
from prover.driver.results import result_of
from prover.driver.theorem import TheoremProver
from prover.driver.tracer import Untraced
from prover.lean.problem import OpenFailed, Problem
from prover.lean.theorem import OpenTheorem
from prover.run.result import Status, TheoremResult
from prover.tasks import TheoremTask, load_tasks
from search.base import Goal, Hypothesis, TacticLimits
from search.budget import Budget
from tests.fakes.graph import GraphEnvironment, Picture, proposing
from tests.fakes.jobs import job_of
from tests.fakes.judge import FakeJudge

SKETCH = "theorem t : p ∧ q := by\n  have h : p := by\n    sorry -- first\n  have g : q := sorry\n  exact f sorry\n"
EAGER = SearchConfig(rule="sum", attempts=1, minimise=False)
A: Picture = {"a": {"close a": []}}
B: Picture = {"b": {"to b2": ["b2"]}, "b2": {"close b": []}}
C: Picture = {"c": {"close c": []}}
TWO_WAYS: Picture = {"d": {"one": ["x"], "two": ["y"]}, "x": {"end x": []}, "y": {"end y": []}}
HALF: Picture = {"half": {"split": ["easy", "hard"]}, "easy": {"end": []}, "hard": {}}
STUCK: Picture = {"stuck": {}}
VALUE_ASKED, NEGATION_ASKED = 1, 1
"""Lean is asked whether a hole stands for a value, and, before it is searched, for the negation of its goal."""


@dataclass
class Holes:
    """Opens each hole of `SKETCH` as a picture, by what stands before it on its line. Refuses a text with a word of
    `refused` in it, and does not read one with a word of `late` in time. `calls` has the problems."""

    pictures: Mapping[str, GraphEnvironment]
    refused: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    calls: list[Problem] = field(default_factory=list)

    async def open(self, problem: Problem) -> OpenTheorem | OpenFailed:
        self.calls.append(problem)
        if any(word in problem.text for word in self.refused):
            return OpenFailed(("it does not fit",))
        if any(word in problem.text for word in self.late):
            return OpenFailed(("it took too long",), is_late=True)
        if problem.position is None:
            return cast(OpenTheorem, next(iter(self.pictures.values())))
        line, column = problem.position
        before = problem.text.split("\n")[line - 1][:column]
        assert problem.text.split("\n")[line - 1][column:].startswith("sorry")
        (name,) = (name for name in self.pictures if re.fullmatch(name, before))
        return cast(OpenTheorem, self.pictures[name])


def worlds(first: Picture, second: Picture, third: Picture) -> dict[str, GraphEnvironment]:
    pictures = {r" +": first, r" +have g.*": second, r" +exact f ": third}
    return {name: GraphEnvironment(picture) for name, picture in pictures.items()}


def task(text: str) -> TheoremTask:
    (made,) = load_tasks([], [text], stdin=BytesIO(), header=None).tasks
    return made


OFFERED: Picture = {**A, **B, **C, **TWO_WAYS, **STUCK, "twin": {"exact h": [], "nothing": []}, **HALF}
"""What the policy proposes, by the keys of goals."""


async def prove(
    opener: Holes,
    judge: FakeJudge,
    *,
    scripts: tuple[str | None, ...] = (),
    settings: SearchConfig = EAGER,
    text: str = SKETCH,
    also: Mapping[str, Sequence[str]] = MappingProxyType({}),
    holes: frozenset[int] | None = None,
) -> TheoremResult:
    parts = Components(
        lean=opener,
        policy=proposing({goal: list(tactics) for goal, tactics in {**OFFERED, **also}.items()}),
        critic=None,
        judge=judge,
        settings=settings,
        limits=TacticLimits(),
        time_limit_s=5.0,
        seed=0,
    )
    job = replace(job_of(task(text), budget=Budget(wall_s=5.0)), scripts=scripts, holes=holes)
    return result_of(job, await TheoremProver(parts, lambda *_: Untraced()).prove(job))


async def test_every_hole_is_filled_in_its_place_and_the_whole_judged_once() -> None:
    opener, judge = Holes(worlds(A, B, C)), FakeJudge()
    result = await prove(opener, judge)
    assert (result.status, result.stop_reason, result.proof_steps) == (Status.PROVED, "proved", 4)
    assert judge.challenges == [SKETCH]
    assert judge.asked == [
        "theorem t : p ∧ q := by\n  have h : p := by\n    close a -- first\n"
        "  have g : q := by\n    to b2\n    close b\n  exact f (by close c)\n"
    ]
    assert [(hole.line, hole.proof) for hole in result.holes] == [(3, "close a"), (4, "to b2\nclose b"), (5, "close c")]
    assert result.scripts == ("close a", "to b2\nclose b", "close c")


async def test_a_hole_is_opened_in_the_text_with_the_scripts_before_it() -> None:
    opener = Holes(worlds(A, B, C))
    await prove(opener, FakeJudge())
    texts = [problem.text for problem in opener.calls]
    assert [text.count("sorry") for text in texts] == [3, 2, 1]
    assert "close a -- first" in texts[1] and "close b" in texts[2]


async def test_what_can_not_be_closed_keeps_its_sorry_and_nothing_is_judged() -> None:
    judge = FakeJudge()
    result = await prove(Holes(worlds(A, STUCK, C)), judge)
    assert (result.status, result.stop_reason, result.proof) == (Status.FAILED, "exhausted", None)
    assert result.scripts == ("close a", None, "close c")
    assert [(hole.goal, hole.stop_reason) for hole in result.holes][1] == ("⊢ stuck", "exhausted")
    assert judge.asked == []


async def test_a_script_with_which_the_text_does_not_elaborate_is_not_kept() -> None:
    result = await prove(Holes(worlds(A, TWO_WAYS, STUCK), refused=("one",)), FakeJudge())
    assert result.scripts == ("close a", "two\nend y", None)


async def test_a_script_of_the_last_hole_that_is_searched_is_not_kept_either_if_the_text_does_not_elaborate() -> None:
    result = await prove(Holes(worlds(A, STUCK, TWO_WAYS), refused=("one",)), FakeJudge())
    assert result.scripts == ("close a", None, "two\nend y")
    opener = Holes(worlds(A, B, TWO_WAYS), refused=("one",))
    result = await prove(opener, FakeJudge(), holes=frozenset((2,)))
    assert (result.scripts, result.holes[0].stop_reason) == ((None, None, "two\nend y"), "left out")


async def test_a_refusal_of_the_whole_counts_against_the_hole_that_was_filled_last() -> None:
    judge = FakeJudge(lambda solution: "end y" in solution)
    result = await prove(Holes(worlds(A, B, TWO_WAYS)), judge)
    assert (result.status, result.scripts) == (Status.PROVED, ("close a", "to b2\nclose b", "two\nend y"))
    assert len(judge.asked) == 2


async def test_a_whole_that_the_judge_never_accepts_is_not_proved() -> None:
    result = await prove(Holes(worlds(A, B, C)), FakeJudge(lambda _: False))
    assert (result.status, result.stop_reason) == (Status.FAILED, "rejected")
    assert result.scripts == ("close a", "to b2\nclose b", None)


async def test_a_whole_of_which_the_judge_can_not_tell_is_not_called_refused() -> None:
    ways = {f"way {number}": [f"x{number}"] for number in range(MAX_REFUSED)}
    many: Picture = {"many": ways, **{f"x{number}": {f"end {number}": []} for number in range(MAX_REFUSED)}}
    offered = {goal: list(tactics) for goal, tactics in many.items()}
    result = await prove(Holes(worlds(A, B, many)), FakeJudge(lambda _: False, decides=False), also=offered)
    assert (result.status, result.stop_reason) == (Status.UNKNOWN, "unjudged")
    assert (result.scripts[2], result.holes[2].stop_reason) == (None, "unjudged")


async def test_scripts_of_an_earlier_attempt_are_run_again_before_anything_is_searched() -> None:
    pictures = worlds(A, B, C)
    result = await prove(Holes(pictures), FakeJudge(), scripts=("close a", None, "wrong"))
    assert result.status is Status.PROVED
    assert [world.calls for world in pictures.values()] == [1 + VALUE_ASKED, *[2 + VALUE_ASKED + NEGATION_ASKED] * 2]


def named(name: str) -> GraphEnvironment:
    goal = Goal("p", (Hypothesis(name, "p", is_prop=True),), pretty=f"{name} : p\n⊢ p", key="twin")
    return GraphEnvironment({"root": {f"exact {name}": []}}, {"root": goal})


async def test_of_holes_with_equal_keys_one_is_searched_and_its_script_serves_the_others() -> None:
    first, second = named("h"), named("k")
    pictures = {r" +": first, r" +have g.*": second, r" +exact f ": GraphEnvironment(C)}
    result = await prove(Holes(pictures), FakeJudge())
    assert result.scripts == ("exact h", "exact k", "close c")
    assert (first.calls, second.calls) == (2 + VALUE_ASKED + NEGATION_ASKED, 1)


async def test_a_twin_of_a_hole_that_has_no_proof_is_not_searched() -> None:
    pictures = worlds(STUCK, STUCK, C)
    second = pictures[r" +have g.*"]
    result = await prove(Holes(pictures), FakeJudge())
    assert [hole.stop_reason for hole in result.holes] == ["exhausted", "exhausted", ""]
    assert second.calls == 0


async def test_where_no_proof_is_found_the_best_unfinished_one_is_given_and_nothing_is_judged() -> None:
    judge = FakeJudge()
    result = await prove(Holes(worlds(A, HALF, C)), judge, settings=replace(EAGER, best_effort=True))
    assert (result.status, result.scripts, judge.asked) == (Status.FAILED, ("close a", None, "close c"), [])
    assert result.written == ("close a", "split\n· end\n· sorry", "close c")
    assert [hole.left for hole in result.holes] == [(), ("⊢ hard",), ()]


async def test_an_unfinished_proof_is_given_only_if_lean_accepts_the_text_with_it() -> None:
    opener = Holes(worlds(A, HALF, STUCK), refused=("· end",))
    result = await prove(opener, FakeJudge(), settings=replace(EAGER, best_effort=True))
    assert result.written == ("close a", "split\nnext =>\n  end\nnext =>\n  sorry", None)
    opener = Holes(worlds(A, HALF, STUCK), refused=("split",))
    result = await prove(opener, FakeJudge(), settings=replace(EAGER, best_effort=True))
    assert result.written == ("close a", None, None)


async def test_an_unfinished_proof_is_not_looked_for_unless_it_is_wanted() -> None:
    result = await prove(Holes(worlds(A, HALF, C)), FakeJudge())
    assert result.written == result.scripts


async def test_a_script_is_made_shorter_when_every_hole_had_its_turn_and_the_text_takes_it() -> None:
    long: Picture = {"b": {"to b2": ["b2"], "close b": []}, "b2": {"close b": []}}
    opener, judge = Holes(worlds(A, long, C)), FakeJudge()
    result = await prove(opener, judge, settings=replace(EAGER, minimise=True))
    assert (result.status, result.scripts) == (Status.PROVED, ("close a", "close b", "close c"))
    assert [("to b2" in problem.text, problem.text.count("sorry")) for problem in opener.calls][-1] == (True, 1)
    assert "to b2" not in judge.asked[0]


AS_VALUE = "refine no_implicit_lambda% ((fun {α : Type _} (x : α) => x) ?_)"
VALUE: Picture = {"Nat": {AS_VALUE: ["a Nat"], "exact 0": [], "exact 1": [], "exact 2": []}, "a Nat": {}}
WITNESS = "theorem t : ∃ n, p n := by\n  exact ⟨sorry, sorry⟩\n"


def witness(**proofs: Picture) -> Holes:
    """`WITNESS`: its value, and what is left to prove behind the numbers that are given, or behind none."""
    worlds = {f"  exact ⟨{name[1:]}, ": GraphEnvironment(picture) for name, picture in proofs.items()}
    unknown: Picture = {"p sorry": {}}
    return Holes({"  exact ⟨": GraphEnvironment(VALUE), "  exact ⟨sorry, ": GraphEnvironment(unknown), **worlds})


async def test_a_value_is_changed_until_what_stands_behind_it_holds() -> None:
    opener = witness(n0={"p 0": {}}, n1={"p 1": {}}, n2={"p 2": {"exact h": []}})
    result = await prove(opener, FakeJudge(), text=WITNESS, also={"p 2": ["exact h"]})
    assert result.status is Status.PROVED
    assert result.scripts == ("exact 2", "exact h")


async def test_a_value_with_which_nothing_holds_is_not_left_in_the_text() -> None:
    judge = FakeJudge()
    result = await prove(witness(n0={"p 0": {}}, n1={"p 1": {}}, n2={"p 2": {}}), judge, text=WITNESS)
    assert (result.status, result.scripts, judge.asked) == (Status.FAILED, (None, None), [])
    assert result.holes[0].stop_reason == "it stands for a value, and none was found with which the rest holds"


async def test_a_value_on_which_no_open_hole_depends_stays() -> None:
    opener = witness(n0=STUCK)
    opener.pictures = {**opener.pictures, "  exact ⟨sorry, ": GraphEnvironment(STUCK)}
    result = await prove(opener, FakeJudge(), text=WITNESS)
    assert result.scripts == ("exact 0", None)


async def test_a_value_behind_an_open_hole_that_waits_for_it_is_not_left_in_the_text() -> None:
    text = "theorem t : ∃ n, p n := by\n  refine ⟨?w, ?h⟩\n  case h => sorry\n  case w => sorry\n"
    worlds = {"  case h => ": GraphEnvironment({"p ?w": {}}), "  case w => ": GraphEnvironment(VALUE)}
    result = await prove(Holes(worlds), FakeJudge(), text=text)
    assert result.scripts == (None, None)
    assert result.holes[1].stop_reason == "it stands for a value, and none was found with which the rest holds"


async def test_a_script_with_which_lean_does_not_read_the_text_in_time_is_not_kept() -> None:
    opener = Holes(worlds(A, B, STUCK), late=("close b",))
    result = await prove(opener, FakeJudge())
    assert result.scripts == ("close a", None, None)


async def test_two_values_are_changed_until_both_fit_and_else_neither_is_left() -> None:
    text = "theorem t : ∃ n m, p n m := by\n  exact ⟨sorry, sorry, sorry⟩\n"
    few: Picture = {"Nat": {AS_VALUE: ["a Nat"], "exact 0": [], "exact 1": []}, "a Nat": {}}
    rest = {(n, m): GraphEnvironment({f"p {n} {m}": {}}) for n in ("0", "1", "sorry") for m in ("0", "1", "sorry")}
    pictures = {"  exact ⟨": GraphEnvironment(few), "  exact ⟨(0|1|sorry), ": GraphEnvironment(few)}
    pictures |= {f"  exact ⟨{n}, {m}, ": world for (n, m), world in rest.items()}
    result = await prove(Holes(pictures), FakeJudge(), text=text)
    assert result.scripts == (None, None, None)
    assert {pair for pair, world in rest.items() if world.calls} >= {("0", "0"), ("0", "1"), ("1", "0"), ("1", "1")}
    rest["1", "0"] = GraphEnvironment({"p 1 0": {"exact h": []}})
    pictures |= {"  exact ⟨1, 0, ": rest["1", "0"]}
    result = await prove(Holes(pictures), FakeJudge(), text=text, also={"p 1 0": ["exact h"]})
    assert result.scripts == ("exact 1", "exact 0", "exact h")
