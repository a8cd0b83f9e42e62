"""`critic-eval` measures a critic on a run's traces; `train critic` makes a small one of them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from critic.heuristic import HeuristicCritic
from critic.model import ModelCritic
from prover.cli import critic_eval, train
from prover.cli.console import Console
from prover.errors import RunFolderError, UsageError
from prover.learn.critic import measure
from prover.learn.split import Split
from prover.learn.traces import searched
from prover.learn.tree import SearchTree
from prover.policy.critics import open_critic
from prover.run.records import read_run
from search.base import Goal, ProofState, Theorem
from tests.fakes.traced_run import NUM_THEOREMS, write_trace, write_traced_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_traced_run(tmp_path / "run")


def trees_of(run: Path) -> list[SearchTree]:
    return [theorem.tree for theorem in searched(read_run(run))]


def test_traces_become_trees(run: Path) -> None:
    trees = trees_of(run)
    assert len(trees) == NUM_THEOREMS
    states = trees[0].states
    assert {key: [t.children for t in node.tactics if t.outcome != "rejected"] for key, node in states.items()} == {
        "r": [("m",), ("x",)],
        "x": [],
        "m": [("s",)],
        "s": [()],
    }
    assert {key: node.remaining for key, node in states.items()} == {"s": 1, "m": 2, "r": 3, "x": None}


def options_for(run: Path, *more: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    train.add_arguments(parser)
    out = str(run.parent / "critic.json")
    return parser.parse_args(["critic", "--base", "line", "--data", str(run), "--out", out, *more])


def measuring(run: Path) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    critic_eval.add_arguments(parser)
    return parser.parse_args([str(run), "--critic", str(run.parent / "critic.json"), "--all"])


async def test_a_critic_that_likes_short_states_is_right_here(run: Path) -> None:
    measured = await measure(HeuristicCritic(), trees_of(run), seed=0)
    assert measured.pairs.accuracy == 1.0
    assert (measured.siblings.mean_rank, measured.siblings.chance_rank) == (1.0, 1.5)
    assert measured.num_proved == NUM_THEOREMS and measured.base_rate == 0.75


async def test_the_command_trains_measures_and_writes_a_critic(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run.parent / "critic.json"
    assert train.run(options_for(run)) == 0
    assert await critic_eval.evaluate(measuring(run), Console()) == 0
    text = capsys.readouterr().out
    assert "pair accuracy   100.0 %" in text and "1.00 for the child on a proof, 1.50 by chance" in text
    opened = await open_critic(str(out))
    assert isinstance(opened.critic, ModelCritic)
    long, short = (ProofState((Goal("", pretty=f"⊢ {'q ∧ ' * n}q"),), str(n)) for n in (5, 1))
    values = await opened.critic.score(Theorem("t"), [long, short])
    assert values[0] < values[1]


def turned_round(run: Path) -> None:
    """Give the held-out theorems traces in which states get longer towards the end."""
    _, held_out = Split().parted(searched(read_run(run)))
    assert held_out
    for theorem in held_out:
        write_trace(run, theorem.record.id, lengths=(2, 3, 4))


async def test_a_critic_that_is_worse_than_chance_on_held_out_theorems_is_not_written(run: Path) -> None:
    turned_round(run)
    with pytest.raises(UsageError, match=r"worse than chance.*0\.0%.*--force"):
        train.run(options_for(run))
    assert not (run.parent / "critic.json").exists()
    assert train.run(options_for(run, "--force")) == 0
    assert (run.parent / "critic.json").exists()


async def test_a_critic_that_nothing_was_held_out_for_is_written_and_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    statements = [f"theorem t : {n} = {n}" for n in range(99) if not Split().is_held_out(f"theorem t : {n} = {n}")]
    run = write_traced_run(tmp_path / "run", statements[:2])
    assert train.run(options_for(run)) == 0
    assert "whether the critic beats chance is not known" in capsys.readouterr().out
    assert (tmp_path / "critic.json").exists()


@pytest.mark.parametrize("scale", [-1.0, 0.0])
async def test_a_critic_file_that_ranks_backwards_is_refused(run: Path, scale: float) -> None:
    train.run(options_for(run))
    path = run.parent / "critic.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "scale": scale}))
    with pytest.raises(UsageError, match="rank states backwards"):
        await open_critic(str(path))


async def test_traces_without_a_proof_measure_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no proof in these traces"):
        await measure(HeuristicCritic(), [], seed=0)
    with pytest.raises(RunFolderError):
        trees_of(tmp_path)


@pytest.mark.parametrize("content", ["{", "[]", "{}", json.dumps({"weights": [1], "means": [0], "spreads": [1]})])
async def test_a_damaged_critic_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "critic.json"
    path.write_text(content)
    with pytest.raises(UsageError, match="not a critic of ours"):
        await open_critic(str(path))


async def test_a_critic_of_other_features_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "critic.json"
    one = {"weights": [1], "means": [0], "spreads": [1], "scale": 1, "shift": 0, "kind": "line", "features": ["n"]}
    path.write_text(json.dumps(one))
    with pytest.raises(UsageError, match="train it again"):
        await open_critic(str(path))


async def test_unknown_critics_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no critic at"):
        await open_critic(str(tmp_path / "none.json"))
    with pytest.raises(UsageError, match="no model folder"):
        await open_critic(str(tmp_path / "none"))
