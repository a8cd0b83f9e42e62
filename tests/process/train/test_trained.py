"""Models trained from nothing: folders that policies and critics are opened from, better than what they began as."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("trl", reason="the train extra is not installed")
pytest.importorskip("peft", reason="the train extra is not installed")
pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("default")]  # the libraries warn of each other

import torch  # noqa: E402

from prover.errors import UsageError  # noqa: E402
from prover.learn.split import Split  # noqa: E402
from prover.learn.traces import searched  # noqa: E402
from prover.models.checkpoint import open_checkpoint  # noqa: E402
from prover.policy.critics import open_critic  # noqa: E402
from prover.policy.registry import open_policy  # noqa: E402
from prover.run.records import read_run  # noqa: E402
from prover.train.critic import train_critic  # noqa: E402
from prover.train.policy import train_policy  # noqa: E402
from prover.train.recipe import Recipe  # noqa: E402
from prover.train.replay import replay  # noqa: E402
from prover.train.scratch import write_scratch  # noqa: E402
from prover.train.steps import Step  # noqa: E402
from search.base import Goal, ProofState, Theorem  # noqa: E402
from tests.fakes.traced_run import state_text, write_traced_run  # noqa: E402

TACTICS = ("omega", "simp")
RECIPE = Recipe(epochs=12, rate=1e-2, batch=8, max_tokens=128, device="cpu")


def steps() -> list[Step]:
    """A goal about numbers wants omega, one about lists simp."""
    return [
        Step("t", f"theorem t : {goal} {n}", f"⊢ {goal} {n}", (), [TACTICS[kind]], [TACTICS[1 - kind]])
        for n in range(24)
        for kind, goal in enumerate(("Nat", "List"))
    ]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    threads = torch.get_num_threads()
    texts = [text for step in steps() for text in (step.state, *step.good)]
    folder = tmp_path_factory.mktemp("models") / "base"
    yield write_scratch(folder, texts, seed=0, vocabulary=300, hidden=32, layers=1)
    torch.set_num_threads(threads)


def quiet(name: str, done: int, total: int, unit: str) -> None:
    pass


async def proposed(folder: Path, held_out: list[Step]) -> float:
    opened = await open_policy(f"{folder}?max_new=8", device="cpu")
    try:
        found = await replay(opened.policy, held_out, samples=4, seed=0)
    finally:
        await opened.close()
    return found.true / found.states


async def test_a_trained_policy_proposes_what_its_base_did_not(base: Path, tmp_path: Path) -> None:
    _, held_out = Split().parted(steps())
    done = train_policy(base, steps(), replace(RECIPE, refused=1), tmp_path / "out", quiet)
    assert done.after > done.before + 1 and done.held_out == len(held_out) > 4
    assert open_checkpoint(tmp_path / "out").manifest["rows"]["preferences"] == done.preferences > 0
    assert await proposed(base, held_out) < await proposed(tmp_path / "out", held_out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]  # no checkpoints are left


def test_low_rank_matrices_are_multiplied_into_the_weights(base: Path, tmp_path: Path) -> None:
    done = train_policy(base, steps(), replace(RECIPE, refused=1, lora=4), tmp_path / "out", quiet)
    assert done.after > done.before
    assert open_checkpoint(tmp_path / "out").tensor_names() == open_checkpoint(base).tensor_names()


class Stopped(Exception):
    """The training ends here."""


def test_a_training_that_was_stopped_goes_on_from_its_last_checkpoint(base: Path, tmp_path: Path) -> None:
    recipe, told = replace(RECIPE, refused=1), list[str]()

    def stopping(name: str, done: int, total: int, unit: str) -> None:
        if name == "learning preferences":
            raise Stopped

    with pytest.raises(Stopped):
        train_policy(base, steps(), recipe, tmp_path / "out", stopping)
    assert not (tmp_path / "out").exists()
    done = train_policy(base, steps(), recipe, tmp_path / "out", lambda name, *_: told.append(name))
    assert set(told) == {"learning preferences"}
    assert done.after > done.before + 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


async def test_a_trained_critic_ranks_states_of_theorems_that_it_has_not_seen(base: Path, tmp_path: Path) -> None:
    run = write_traced_run(tmp_path / "run")
    trees = [theorem.tree for theorem in searched(read_run(run))]
    done = train_critic(base, trees[:9], trees[9:], RECIPE, tmp_path / "critic", quiet)
    assert done.held_out.num_pairs and done.held_out.accuracy == 1.0
    opened = await open_critic(str(tmp_path / "critic"), device="cpu")
    try:
        states = [ProofState((Goal("", pretty=state_text("u", n)),), str(n)) for n in (4, 2)]
        values = await opened.critic.score(Theorem("u"), states)
    finally:
        await opened.close()
    assert values[0] < values[1]


def test_a_folder_that_is_there_is_left_as_it_is(base: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is there already"):
        train_policy(base, steps(), RECIPE, tmp_path, quiet)
    with pytest.raises(UsageError, match="is there already"):
        train_critic(base, [], [], RECIPE, tmp_path, quiet)
