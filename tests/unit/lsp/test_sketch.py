"""What is open in a text, by its words, and where a theorem is when the text around it changes."""

from __future__ import annotations

import pytest

from prover.lsp.sketch import Anchor, Change, Sketch

ONE = "theorem t : p := by\n  sorry\n"


def test_a_by_that_nothing_follows_is_open_like_a_sorry() -> None:
    sketch = Sketch("theorem t : p := by\n\ntheorem u : q := by simp\n\nexample : p := by  \n")
    assert sketch.text == "theorem t : p := by sorry\n\ntheorem u : q := by simp\n\nexample : p := by sorry  \n"
    assert [(each.name, each.places) for each in sketch.theorems] == [("t", ((19, 19),)), ("example_5", ((64, 64),))]


@pytest.mark.parametrize(
    "text", ["theorem t : p := by\n  simp\n", "theorem t : p := by\n\n  simp\n", "-- by\n", "def by' := 1\n"]
)
def test_other_words_are_left_alone(text: str) -> None:
    assert Sketch(text).text == text


def test_a_change_of_what_lean_was_given_is_one_of_the_source() -> None:
    sketch = Sketch("theorem t : p := by\n\ntheorem u : p := by\n  sorry\n")
    edits = [
        {"start": {"line": 1, "column": 21}, "end": {"line": 1, "column": 26}, "text": "done"},
        {"start": {"line": 4, "column": 3}, "end": {"line": 4, "column": 8}, "text": "omega"},
    ]
    assert sketch.changes(edits) == [Change(19, 19, " done"), Change(43, 48, "omega")]


def test_the_theorem_is_the_one_that_the_cursor_touches() -> None:
    sketch = Sketch(ONE + "\n-- between\n\n" + ONE.replace("t :", "u :"))
    found = sketch.at(3, 3)
    assert found is not None and found.name == "t"
    assert sketch.at(31, 31) is None
    assert sketch.at(45, 45) is not None


def test_a_theorem_is_found_again_below_new_text_and_not_when_it_was_changed() -> None:
    anchor = Anchor.of(ONE, 0, len(ONE))
    assert anchor.moved_in("-- new\n" + ONE) == 7
    assert anchor.moved_in(ONE.replace("p", "q")) is None


def test_of_two_that_read_the_same_each_keeps_its_place_and_none_is_guessed() -> None:
    twice = ONE + ONE
    second = Anchor.of(twice, len(ONE), len(twice))
    assert second.moved_in("-- new\n" + twice) == 7
    assert second.moved_in(ONE) is None
