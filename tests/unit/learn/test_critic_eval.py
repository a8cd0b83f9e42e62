"""`critic-eval` reads a run's traces, measures a critic on them and trains one."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from critic.heuristic import HeuristicCritic
from critic.model import ModelCritic
from prover.cli import critic_eval
from prover.cli.console import Console
from prover.errors import RunFolderError, UsageError
from prover.learn.critic_data import searched_trees
from prover.learn.critic_measure import measure
from prover.policy.critics import open_critic
from search.base import Goal, ProofState, Theorem
from tests.fakes.traced_run import NUM_THEOREMS, write_traced_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_traced_run(tmp_path / "run")


def test_traces_become_trees(run: Path) -> None:
    trees = list(searched_trees(run))
    assert len(trees) == NUM_THEOREMS
    assert trees[0].tactics == {"r": (("m",), ("x",)), "x": (), "m": (("s",),), "s": ((),)}
    assert trees[0].remaining() == {"s": 1, "m": 2, "r": 3}


async def test_a_critic_that_likes_short_states_is_right_here(run: Path) -> None:
    measured = await measure(HeuristicCritic(), list(searched_trees(run)), seed=0)
    assert measured.pairs.accuracy == 1.0
    assert (measured.siblings.mean_rank, measured.siblings.chance_rank) == (1.0, 1.5)
    assert measured.num_proved == NUM_THEOREMS and measured.base_rate == 0.75


async def test_the_command_trains_measures_and_writes_a_critic(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    critic_eval.add_arguments(parser)
    out = run.parent / "critic.json"
    options = parser.parse_args([str(run), "--train", str(out), "--all"])
    assert await critic_eval.evaluate(options, Console()) == 0
    text = capsys.readouterr().out
    assert "pair accuracy   100.0 %" in text and "1.00 for the child on a proof, 1.50 by chance" in text
    opened = await open_critic(str(out))
    assert isinstance(opened.critic, ModelCritic)
    long, short = (ProofState((Goal("", pretty=f"⊢ {'q ∧ ' * n}q"),), str(n)) for n in (5, 1))
    values = await opened.critic.score(Theorem("t"), [long, short])
    assert values[0] < values[1]


async def test_traces_without_a_proof_measure_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no proof in these traces"):
        await measure(HeuristicCritic(), [], seed=0)
    with pytest.raises(RunFolderError):
        list(searched_trees(tmp_path))


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
