"""The examples that come with Stepwise are inputs like any other."""

from pathlib import Path

from prover.tasks import load_tasks

EXAMPLES = Path(__file__).parents[3] / "examples"


def test_the_examples_load_and_exactly_one_is_refused() -> None:
    loaded = load_tasks([str(EXAMPLES)])
    assert len(loaded.tasks) >= 90
    assert [refused.id for refused in loaded.refused] == ["cut_short"]
    assert len({task.fingerprint for task in loaded.tasks}) == len(loaded.tasks)
