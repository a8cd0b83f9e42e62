"""What the page is told of one search."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from prover.web.board import Board
from prover.web.feed import Feed
from tests.fakes.run_folder import expansions


def told(*, is_proved: bool = True) -> tuple[Board, list[Any]]:
    board = Board()
    for expansion in expansions(is_proved=is_proved):
        board.add(expansion)
    return board, board.feed.after("", 100)[1]


def test_states_are_numbered_in_the_order_in_which_they_came_up() -> None:
    _, events = told()
    assert [event["state"] for event in events] == [0, 2, 1, 3, 4]
    assert events[0]["goal"] == "⊢ p → p ∧ p"
    assert [[step[0], step[2]] for step in events[0]["steps"]] == [["intro h", [1]], ["skip", [0]], ["intro x", [2]]]
    assert events[3]["closed"] == "exact h"
    assert "closed" not in events[1]


def test_an_expansion_that_was_cut_says_so() -> None:
    board = Board()
    board.add(replace(expansions(is_proved=True)[1], is_cut=True, tactics=()))
    assert board.feed.after("", 1)[1][0]["cut"]


def test_the_goals_of_new_states_come_with_the_expansion_that_found_them() -> None:
    board = Board()
    first = expansions(is_proved=True)[0]
    board.add(type(first)(**{**_fields(first), "states": {"k1": "h : p\n⊢ p ∧ p", "dead": "x : p\n⊢ p ∧ p"}}))
    (event,) = board.feed.after("", 100)[1]
    assert event["new"] == ["⊢ p ∧ p", "⊢ p ∧ p"]


def test_a_state_in_full_has_what_lean_said_of_everything_that_was_tried() -> None:
    board, _ = told(is_proved=False)
    state = board.state(3)
    assert state is not None
    assert state["path"] == ("intro h", "constructor")
    assert [(each["outcome"], each["message"]) for each in state["tactics"]] == [
        ("timed_out", ""),
        ("rejected", "type mismatch"),
    ]
    assert board.state(99) is None


def test_a_reader_goes_on_where_it_was_and_begins_anew_where_the_feed_did() -> None:
    feed = Feed()
    for number in range(3):
        feed.append({"number": number})
    place, events = feed.after("", 2)
    assert [event["number"] for event in events] == [0, 1]
    place, events = feed.after(place, 2)
    assert [event["number"] for event in events] == [2]
    assert feed.after(place, 2) == (place, [])
    other = Feed()
    other.append({"number": 7})
    assert [event["number"] for event in other.after(place, 2)[1]] == [7]


def _fields(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}
