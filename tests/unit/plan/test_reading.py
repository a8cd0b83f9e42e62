"""The script in what a planner wrote, and the sketch that a script is."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from prover.errors import UsageError
from prover.plan.planner import Request
from prover.plan.reading import script_in, theorems_in
from prover.plan.script import ScriptPlanner
from prover.tasks import TheoremTask, load_tasks
from prover.tasks.sketch import Sketch


def task(text: str = "theorem t (n : Nat) : p n := by\n  sorry\n") -> TheoremTask:
    (made,) = load_tasks([], [text], stdin=BytesIO(), header=None).tasks
    return made


@pytest.mark.parametrize(
    ("answer", "script"),
    [
        ("```lean\nsimp\nomega\n```", "simp\nomega"),
        ("First\n```lean\nwrong\n```\nno:\n```lean4\nright\n```\nDone.", "right"),
        ("```lean\nopen ended", "open ended"),
        ("Steps:\n~~~lean\nsimp\n~~~\nThat is all.", "simp"),
        ("````\n~~~\n```\ninside\n```\n````", "~~~\n```\ninside\n```"),
        ("~~~lean\nleft open", "left open"),
        ("<think>```lean\nthought\n```</think>\n```lean\nsaid\n```", "said"),
        ("<think>for ever", ""),
        ("by\n  simp\n  omega", "simp\nomega"),
        ("theorem t : p := by\n  intro x\n  sorry", "intro x\nsorry"),
        ("theorem other : q := by simp\n\ntheorem t : p := by\n  sorry\n\ntheorem u : r := by rfl", "sorry"),
        ("theorem t : p := by induction n with\n  | zero => sorry", "induction n with\n  | zero => sorry"),
        ("theorem t : p := by simp\n                    omega", "simp\nomega"),
        ("theorem t (h : p) : p := h", "exact\n  h"),
        ("theorem t : ∀ n, p n\n  | 0 => sorry\n  | n + 1 => h", "exact fun\n  | 0 => sorry\n  | n + 1 => h"),
        (
            "theorem t : p := by\n  have := t n\n  sorry\ntermination_by n\ndecreasing_by\n  sorry",
            "have := t n\nsorry\ntermination_by n\ndecreasing_by\n  sorry",
        ),
        (
            "theorem t : p :=\n  go n\nwhere\n  go (n) : q := by\n    sorry",
            "exact\n  go n\nwhere\n  go (n) : q := by\n    sorry",
        ),
        ("have h1 : p\nhave h2 :\n    q", "have h1 : p := by\n  sorry\nhave h2 :\n    q := by\n  sorry\nsorry"),
        ("have h1 : p := by simp\nexact h1", "have h1 : p := by simp\nexact h1"),
    ],
)
def test_the_script_of_an_answer(answer: str, script: str) -> None:
    assert script_in(answer, "Space.t") == script


def test_a_file_of_theorems_gives_a_script_for_each() -> None:
    text = "theorem a : p := by\n  sorry\n\ntheorem b : q := by\n  have h : p := a\n  sorry\n"
    assert theorems_in(text) == {"a": ("sorry",), "b": ("have h : p := a\nsorry",)}


async def test_sketches_come_from_lines_or_from_a_lean_file_in_their_order(tmp_path: Path) -> None:
    lines, lean = tmp_path / "s.jsonl", tmp_path / "s.lean"
    lines.write_text('{"name": "t", "sketches": ["one", "```lean\\ntwo\\n```"]}\n\n{"name": "u", "sketches": []}\n')
    lean.write_text("theorem t (n : Nat) : p n := by\n  have h := sorry\n  exact h\n")
    for path, scripts in ((lines, ["one", "two"]), (lean, ["have h := sorry\nexact h"])):
        planner = ScriptPlanner(path)
        answers = [await planner.propose(Request(task(), "", asked=n), 9) for n in range(len(scripts) + 1)]
        assert [answer and answer.script for answer in answers] == [*scripts, None]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[",
        '{"name": "t", "hole": -1, "sketches": []}',
        '{"name": 3, "sketches": []}',
        '{"name": "t", "sketches": [1]}',
    ],
)
def test_a_file_that_holds_no_sketches_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text(text)
    with pytest.raises(UsageError):
        ScriptPlanner(path)


# --------------------------------------------------------------------------------------------------------- sketches


def test_a_sketch_stands_in_the_place_of_the_sorry_and_its_own_are_holes() -> None:
    sketch = Sketch.of(task(), 'have h : q := by\n  sorry -- not this sorry\nexact f sorry "sorry" my_sorry')
    assert sketch.task.declaration == (
        "theorem t (n : Nat) : p n := by\n  have h : q := by\n    sorry -- not this sorry\n"
        '  exact f sorry "sorry" my_sorry'
    )
    assert [sketch.task.declaration[hole.start : hole.end] for hole in sketch.task.holes] == ["sorry", "sorry"]
    assert sketch.filled(["simp\nomega", None]).startswith("have h : q := by\n  simp\n  omega -- not")
    assert sketch.task.solution("a", "b") == sketch.posed.solution(sketch.filled(["a", "b"]))


@pytest.mark.parametrize(
    "text",
    [
        *("", "   \n", "x\naxiom c : False", "  simp\n\n  theorem t : False := sorry", "open Nat", "#eval 1"),
        *("set_option autoImplicit true", "simp\nend", "@[simp] def x := 1", "private theorem a : p := q"),
        *("simp\ngrind_pattern f => g x", "simp\nreset_grind_attrs%", "simp\nalias a := b"),
        *('local notation "x" => 1', "x" * 20_001, "\n".join(["sorry"] * 33)),
    ],
)
def test_what_is_no_part_of_a_proof_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Sketch.of(task(), text)


@pytest.mark.parametrize(
    "text", ["open Nat in\nsimp", "set_option maxRecDepth 1000 in\nsorry", "-- axiom\nsimp", "exact openness"]
)
def test_tactics_that_begin_like_commands_are_part_of_a_proof(text: str) -> None:
    assert Sketch.of(task(), text).script == text
