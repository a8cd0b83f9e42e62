"""Numbers that options take, of every command."""

from __future__ import annotations

import argparse

import pytest

from prover.cli.main import COMMANDS, parser_of

WITHOUT_A_RANGE = {"seed"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_number_has_a_range_and_is_refused_outside_of_it(command: str) -> None:
    for action in parser_of(command)._actions:
        kind = getattr(action.type, "__name__", "")
        if callable(action.type) and kind in ("int", "float") and action.dest not in WITHOUT_A_RANGE:
            with pytest.raises(argparse.ArgumentTypeError, match="must be"):
                action.type("-3")
            assert action.default is None or action.type(str(action.default)) == action.default


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("prove F.lean --time-limit -3", "argument --time-limit: must be above 0, not -3"),
        ("prove F.lean --disprove 1.5", "argument --disprove: must be at least 0 and below 1, not 1.5"),
        ("prove F.lean --workers 0", "argument --workers: must be at least 1, not 0"),
        ("prove F.lean --time-limit soon", "argument --time-limit: must be a number, not 'soon'"),
        ("prove F.lean --workers 1.5", "argument --workers: must be a whole number, not '1.5'"),
        ("iterate F.lean --out loop --growth nan", "argument --growth: must be at least 1, not nan"),
        ("watch RUN --port 70000", "argument --port: must be at least 0 and at most 65535, not 70000"),
    ],
)
def test_the_option_that_was_typed_is_named(line: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    command, *arguments = line.split()
    with pytest.raises(SystemExit) as ended:
        parser_of(command).parse_args(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
