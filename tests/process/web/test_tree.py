"""What the page draws of a search, asked of its own JavaScript under Node."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prover.lean.embedded.download import node_executable
from prover.web.board import Board
from tests.fakes.run_folder import expansions


def drawn(events: Sequence[Any], keys: Sequence[str] = (), **options: Any) -> Any:
    """The picture of a search after these events; `keys` are pressed at the root, one after the other."""
    said = subprocess.run(
        [node_executable(), Path(__file__).with_name("tree.mjs")],
        input=json.dumps({"events": events, "options": options, "keys": keys}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)


def events(*, is_proved: bool) -> list[Any]:
    board = Board()
    for expansion in expansions(is_proved=is_proved):
        board.add(expansion)
    return board.feed.after("", 100)[1]


def event(state: int, *steps: list[int], closed: str | None = None) -> dict[str, Any]:
    """An expansion; each step leaves the states of a list."""
    made = {"at": 0, "state": state, "tried": 1, "steps": [[f"to {ids}", -1.0, ids] for ids in steps], "new": []}
    return made if closed is None else {**made, "closed": closed}


def cut(state: int) -> dict[str, Any]:
    """An expansion that ended before anything was tried."""
    return {**event(state), "tried": 0, "cut": True}


def test_a_proof_is_seen_when_all_parts_of_a_step_are_closed() -> None:
    picture = drawn(events(is_proved=True))
    assert picture["status"] == ["proved", "proved", "dead", "proved", "proved"]
    assert picture["proof"] == [0, 1, 3, 4]
    assert [node["id"] for node in picture["nodes"]] == [0, 1, 3, 4, 2]


def test_a_state_is_dead_when_nothing_tried_there_leads_on() -> None:
    picture = drawn(events(is_proved=False))
    assert picture["status"] == ["open", "dead", "dead", "dead", "dead"]  # the root has a step back to itself
    assert picture["proof"] == []


def test_a_circle_proves_nothing_and_a_second_expansion_revives() -> None:
    circle = [event(0, [1]), event(1, [0])]
    assert drawn(circle)["status"] == ["open", "open"]
    assert drawn([event(0, [1]), event(1)])["status"] == ["dead", "dead"]
    assert drawn([event(0, [1]), event(1), event(1, [2])])["status"] == ["open", "open", "new"]


def test_a_state_where_more_was_to_be_tried_is_not_dead_until_it_was() -> None:
    assert drawn([event(0, [1]), cut(1)])["status"] == ["open", "open"]
    assert drawn([event(0, [1]), cut(1), event(1)])["status"] == ["dead", "dead"]


def test_what_hangs_below_a_dead_state_is_folded_and_counted_until_it_is_unfolded() -> None:
    dead = [event(0, [1], [2]), event(1, [3, 4]), event(3), event(4)]
    folded = drawn(dead)
    assert {node["id"]: node["hidden"] for node in folded["nodes"]} == {0: 0, 1: 2, 2: 0}
    assert folded["leftOut"] == 2
    assert {node["id"] for node in drawn(dead, unfolded=[1])["nodes"]} == {0, 1, 2, 3, 4}


def test_at_most_so_many_states_are_drawn_those_of_the_proof_and_those_expanded_first() -> None:
    wide = [event(0, [1], [2], [3], [4]), event(4, [5]), event(5, closed="rfl")]
    assert {node["id"] for node in drawn(wide, most=4)["nodes"]} == {0, 4, 5, 1}
    assert drawn(wide, most=4)["nodes"][0]["hidden"] == 2


def test_every_state_can_be_reached_by_keys_alone() -> None:
    keys = ["ArrowRight", "ArrowDown", "End", "ArrowUp", "ArrowLeft", "Home", "ArrowLeft", "x"]
    assert drawn(events(is_proved=True), keys)["walk"] == [0, 1, 3, 2, 4, 1, 0, 0, None]


def test_twenty_thousand_states_a_thousand_deep_are_drawn_in_a_second() -> None:
    many = [event(number, [20 * number + offset + 1 for offset in range(20)]) for number in range(1000)]
    picture = drawn(many)
    assert len(picture["nodes"]) == 2000
    assert picture["leftOut"] == 18_001
    chain = [event(number, [number + 1]) for number in range(5000)]
    assert drawn(chain)["nodes"][-1]["depth"] == 1999
    assert picture["took"] < 1000
