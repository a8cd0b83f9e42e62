"""The answer to `outline`: read whole, or refused."""

from __future__ import annotations

from typing import Any

import pytest

from prover.errors import ProtocolFault
from prover.lean.outline import AskOutline, Outline, Unread, read_outline

HERE: dict[str, Any] = {"pos": {"line": 1, "column": 0}, "endPos": {"line": 1, "column": 9}}
COMMAND: dict[str, Any] = {"kind": "Lean.Parser.Command.theorem", **HERE}


def outline(*commands: dict[str, Any]) -> Outline | Unread:
    return read_outline({"commands": list(commands)}, 1.0)


def test_a_command_has_what_lean_said_of_it_and_nothing_else() -> None:
    place = {**HERE, "goals": ["⊢ p"], "whole": True}
    found = outline({**COMMAND, "name": "t", "sorries": [place], "uses": [0], "a_later_field": 1})
    assert isinstance(found, Outline)
    (command,) = found.commands
    assert (command.name, command.body, command.doc, command.uses) == ("t", None, None, frozenset({0}))
    assert (command.places[0].is_whole, command.places[0].is_term, command.places[0].goals) == (True, False, ("⊢ p",))


def test_a_file_that_lean_did_not_read_has_a_reason() -> None:
    assert read_outline({"message": "unknown module prefix 'X'"}, 1.0) == Unread("unknown module prefix 'X'")
    assert read_outline({"limit": "wall"}, 120.0) == Unread("it takes longer than 120 s")


@pytest.mark.parametrize(
    "command",
    [
        {**COMMAND, "uses": [1]},
        {**COMMAND, "mentions": ["0"]},
        {**COMMAND, "kind": 1},
        {**COMMAND, "endPos": {"line": 0, "column": 9}},
        {"kind": "x"},
        {**COMMAND, "sorries": [{"goals": "⊢ p", **HERE}]},
    ],
)
def test_an_outline_that_is_none_is_a_fault(command: dict[str, Any]) -> None:
    with pytest.raises(ProtocolFault):
        outline(command)


def test_a_file_is_asked_about_for_so_many_milliseconds() -> None:
    assert AskOutline("theorem", 1.5).wire() == {"outline": "theorem", "wallMs": 1500}
