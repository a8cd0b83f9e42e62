"""Which `sorry`s a part of a file names, and the file that comes back."""

from __future__ import annotations

import pytest

from prover.assembly.filling import FilledTheorem, Filling, Order, Part, fill_orders, orders_in
from prover.config import SearchConfig
from prover.driver.parts import Components
from prover.errors import UsageError
from prover.run.result import HoleResult, Status, TheoremResult
from prover.tasks.document import document_of
from prover.tasks.text import read_text
from search.base import TacticLimits
from tests.fakes.graph import GraphEnvironment, proposing
from tests.fakes.judge import FakeJudge
from tests.fakes.opener import FakeOpener

TEXT = """theorem one : p := by
  sorry

theorem two : p ∧ q := by
  constructor
  · sorry
  · sorry

def three : Nat := sorry
"""
DOCUMENT = document_of(TEXT, "a.lean")
READING = read_text(DOCUMENT)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a.lean", Part("a.lean")),
        ("a.lean:7", Part("a.lean", 7, 7)),
        ("a:b.lean:7-9", Part("a:b.lean", 7, 9)),
        ("a:b.lean", Part("a:b.lean")),
    ],
)
def test_a_part_is_a_file_a_line_or_some_lines(text: str, part: Part) -> None:
    assert Part.parse(text) == part
    assert str(part) == text


def test_lines_that_end_before_they_begin_are_refused() -> None:
    with pytest.raises(UsageError, match="9 to 7"):
        Part.parse("a.lean:9-7")


@pytest.mark.parametrize(
    ("place", "holes"),
    [
        ("a.lean", {"one": {0}, "two": {0, 1}}),
        ("a.lean:2-6", {"one": {0}, "two": {0}}),
        ("a.lean:7", {"two": {1}}),
        ("a.lean:5", {"two": {0, 1}}),  # no `sorry` on it: those of its theorem
    ],
)
def test_a_part_names_holes(place: str, holes: dict[str, set[int]]) -> None:
    assert {order.task.name: set(order.holes) for order in orders_in(READING, Part.parse(place))} == holes


def test_a_part_without_a_sorry_says_where_there_are_some() -> None:
    with pytest.raises(UsageError, match=r"a\.lean:9: there is a `sorry` at: 2 \(one\), 6 \(two\), 7 \(two\)"):
        orders_in(READING, Part("a.lean", 9, 9))
    with pytest.raises(UsageError, match=r"nothing to fill in b\.lean: it holds no `sorry`"):
        orders_in(read_text(document_of("theorem t : p := h\n")), Part("b.lean"))


def test_the_file_comes_back_with_what_was_filled_and_says_what_was_judged() -> None:
    one, two = orders_in(READING, Part("a.lean"))
    holes = (HoleResult(6, 4, "⊢ p", None, "wall_time"), HoleResult(7, 4, "⊢ q", "skip\nexact h"))
    filling = Filling(
        DOCUMENT,
        (
            FilledTheorem(two, TheoremResult("two", "two", Status.FAILED, "wall_time", holes=holes)),
            FilledTheorem(one, TheoremResult("one", "one", Status.PROVED, "proved", proof="exact g")),
        ),
    )
    assert filling.text == TEXT.replace("sorry", "exact g", 1).replace("  · sorry\n\n", "  · skip\n    exact h\n\n")
    assert filling.judged == ("one",)
    assert [hole["proof"] for hole in filling.to_json()["holes"]] == [None, "skip\nexact h", "exact g"]


async def test_holes_that_were_not_asked_for_are_left_and_the_whole_is_not_judged() -> None:
    judge = FakeJudge()
    environment = GraphEnvironment({"root": {"end": []}})
    parts = Components(
        lean=FakeOpener(environment),
        policy=proposing({"root": ["end"]}),
        critic=None,
        judge=judge,
        settings=SearchConfig(rule="sum", minimise=False),
        limits=TacticLimits(),
        time_limit_s=5.0,
        seed=0,
    )
    (_, two) = orders_in(READING, Part("a.lean"))
    heard: list[Filling] = []
    filling = await fill_orders(Filling(DOCUMENT), [Order(two.task, frozenset({1}))], parts, on_filled=heard.append)
    assert heard == [filling]
    assert filling.text == TEXT.replace("  · sorry\n\n", "  · end\n\n")
    assert [hole.line for hole in filling.theorems[0].holes] == [7]
    assert (filling.judged, judge.asked) == ((), [])


def test_the_goals_that_an_unfinished_proof_leaves_are_told_with_their_places_in_the_new_file() -> None:
    one, two = orders_in(READING, Part("a.lean"))
    partial = "cases h\n· sorry\n· exact g -- sorry\n· sorry"
    stuck = (HoleResult(2, 2, "⊢ p", None, "wall_time", partial, ("⊢ a", "⊢ b")),)
    holes = (HoleResult(6, 4, "⊢ p", "trivial"), HoleResult(7, 4, "⊢ q", None, "exhausted", "sorry", ("⊢ q",)))
    filling = Filling(
        DOCUMENT,
        (
            FilledTheorem(two, TheoremResult("two", "two", Status.FAILED, "exhausted", holes=holes)),
            FilledTheorem(one, TheoremResult("one", "one", Status.FAILED, "wall_time", holes=stuck)),
        ),
    )
    lines = filling.text.split("\n")
    told = [(left.theorem, left.line, left.column, left.goal) for left in filling.left]
    assert told == [("one", 3, 4, "⊢ a"), ("one", 5, 4, "⊢ b"), ("two", 10, 4, "⊢ q")]
    assert all(lines[line - 1][column:].startswith("sorry") for _, line, column, _ in told)
    assert filling.judged == ()
