"""The result of a statement that Lean refuses says where."""

from __future__ import annotations

from pathlib import Path

from prover.driver.results import result_of
from prover.lean.problem import OpenFailed
from prover.tasks import load_tasks
from tests.fakes.jobs import attempt_of, job_of

REFUSED = attempt_of(OpenFailed(("1:12: unknown identifier 'q'", "the statement did not elaborate")))


def test_a_message_about_a_file_begins_with_its_place_there(tmp_path: Path) -> None:
    file = tmp_path / "a.lean"
    file.write_text("theorem t : q := by\n  sorry\n")
    (task,) = load_tasks([str(file)]).tasks
    said = f"{file}:1:12: unknown identifier 'q'\nthe statement did not elaborate"
    assert result_of(job_of(task), REFUSED).error == said


def test_a_message_about_a_statement_of_its_own_shows_the_line_it_speaks_of() -> None:
    (task,) = load_tasks([], ["theorem t : q := by sorry"]).tasks
    assert result_of(job_of(task), REFUSED).error.splitlines() == [
        "1:12: unknown identifier 'q'",
        "  1 | theorem t : q := by sorry",
        "    |             ^",
        "the statement did not elaborate",
    ]
