"""`stepwise iterate` begins with everything named, and goes on with what it was begun with."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.cli.iterate import assignment_of
from prover.cli.main import main, parser_of
from prover.errors import UsageError
from prover.iterate.loop import DECIDED, Assignment
from prover.iterate.rounds import RoundsFolder


def assignment(*words: str) -> Assignment:
    options = parser_of("iterate").parse_args([*words])
    return assignment_of(options, RoundsFolder(options.out))


@pytest.fixture
def theorems(tmp_path: Path) -> str:
    path = tmp_path / "list.lean"
    path.write_text("theorem t : 1 = 1 := by sorry\n")
    return str(path)


def test_a_new_loop_collects_and_disproves_unless_told_otherwise(theorems: str, tmp_path: Path) -> None:
    words = [theorems, "--out", str(tmp_path / "loop"), "--rounds", "2", "--budget", "9"]
    config = assignment(*words).config
    assert config.search.collect > 0 and config.search.disprove > 0
    changed = assignment(*words, "--set", "search.collect=0.0", "--workers", "1", "--seed", "7").config
    assert (changed.search.collect, changed.lean.workers, changed.seed) == (0.0, 1, 7)


def test_a_loop_goes_on_with_its_own_settings_and_perhaps_more_budget(theorems: str, tmp_path: Path) -> None:
    out = tmp_path / "loop"
    begun = assignment(theorems, "--out", str(out), "--rounds", "2", "--budget", "9", "--seed", "7")
    RoundsFolder(out).begin(begun.schedule, begun.config, begun.inputs)
    assert assignment("--out", str(out)) == begun
    more = assignment("--out", str(out), "--budget", "90")
    assert (more.schedule.rounds, more.schedule.budget_s, more.config) == (2, 90.0, begun.config)


def test_the_command_that_began_a_loop_goes_on_with_it_and_another_one_is_refused(
    theorems: str, tmp_path: Path
) -> None:
    out, other = tmp_path / "loop", tmp_path / "other.lean"
    other.write_text("theorem s : 2 = 2 := by sorry\n")
    words = [
        theorems,
        "--out",
        str(out),
        "--rounds",
        "2",
        "--budget",
        "9",
        "--workers",
        "1",
        "--set",
        "search.collect=0.5",
    ]
    begun = assignment(*words)
    RoundsFolder(out).begin(begun.schedule, begun.config, begun.inputs)
    assert assignment(*words) == begun
    for change in (["--seed", "8"], ["--workers", "3"], ["--set", "search.collect=0.1"]):
        with pytest.raises(UsageError, match="begun with other settings"):
            assignment("--out", str(out), *change)
    with pytest.raises(UsageError, match="begun with other inputs"):
        assignment(str(other), "--out", str(out))


def test_what_the_plan_decides_is_no_setting_of_a_loop(theorems: str, tmp_path: Path) -> None:
    words = [theorems, "--out", str(tmp_path / "loop"), "--rounds", "2", "--budget", "9"]
    for name in DECIDED:
        with pytest.raises(UsageError, match=f"the loop decides about {name}"):
            assignment(*words, "--set", f"{name}=1")


def test_what_a_new_loop_lacks_is_said_and_nothing_is_left(
    theorems: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "loop")
    assert main(["iterate", theorems, "--out", out]) == 2
    assert "--rounds and --budget" in capsys.readouterr().err
    assert main(["iterate", "none.lean", "--out", out, "--rounds", "1", "--budget", "1"]) == 2
    assert "no file none.lean" in capsys.readouterr().err
    assert not (tmp_path / "loop").exists()
