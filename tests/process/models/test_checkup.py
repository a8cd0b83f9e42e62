"""`stepwise doctor --policy P --critic C`: what somebody with a GPU runs first, here on tiny checkpoints."""

from __future__ import annotations

import argparse
import hashlib
import math
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the models extra is not installed")
pytest.importorskip("transformers", reason="the models extra is not installed")

from critic.features import NAMES
from critic.model import Calibration
from critic.train import Heads, Line
from prover.cli.doctor import add_arguments, examine_models
from prover.models.answers import judged_answers
from prover.models.finding import Finding
from prover.models.requests import Sampled
from prover.policy.trained import write_heads, write_line
from search.base import Candidate, LogProb
from tests.fakes.checkpoints import POLICY, critic_folder, policy_folder, spelling_policy_folder


async def findings(*arguments: str) -> dict[str, Finding]:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    options = parser.parse_args(["--device", "cpu", "--seconds", "0.5", *arguments])
    return {finding.what: finding async for finding in examine_models(options)}


async def test_policy_and_critic_are_examined_from_the_prompt_to_the_load(tmp_path: Path) -> None:
    policy, critic = policy_folder(tmp_path / "policy"), critic_folder(tmp_path / "critic")
    found = await findings("--policy", f"{policy}?max_new=8&rows=16", "--critic", str(critic))
    assert list(found) == [
        *("device", "policy", "policy's files", "prompt", "answers", "speed", "other styles"),
        *("critic", "critic's files", "critic's example", "critic's order"),
        *("under load", "log-probabilities", "verdict"),
    ]
    assert "stepprover2.5, float32" in found["policy"].detail
    assert "<|im_start|>user\\n---\\nNAME: doctor" in found["prompt"].detail
    assert "ms a step of 16 rows" in found["speed"].detail
    assert "bos=1: 'no goals'" in found["critic's example"].detail
    assert "bos=2: 'no goals'" in found["critic's example"].detail
    assert found["under load"].is_fine, found["under load"].detail
    assert found["log-probabilities"].is_fine, found["log-probabilities"].detail
    for kind, folder in (("policy's files", policy), ("critic's files", critic)):
        for file in folder.glob("*.bin"):
            assert f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}" in found[kind].detail
    assert found["answers"].detail.startswith("most are cut off; most can't be read")
    assert found["verdict"].detail == "not fit for a run: answers"


@pytest.mark.parametrize(("written", "is_fit"), [(["omega", "rfl"], True), (["]f(", ")x,"], False)])
async def test_the_verdict_looks_at_what_a_model_writes(tmp_path: Path, written: list[str], is_fit: bool) -> None:
    policy = spelling_policy_folder(tmp_path / "policy", written)
    found = await findings("--policy", f"{policy}?max_new=16&rows=16")
    assert found["answers"].is_fine is is_fit, found["answers"].detail
    assert ("most that are read are not written like tactics" in found["answers"].detail) is not is_fit
    assert found["verdict"].is_fine is is_fit


@pytest.mark.parametrize(
    ("log_prob", "ended", "said"),
    [
        (-0.3, True, ""),
        (-0.3, False, "most are cut off; most can't be read"),
        (-5.5, True, "tokens are hardly likelier than by chance, as from untrained weights"),
    ],
)
def test_answers_are_judged_by_their_ends_and_their_likelihood(log_prob: float, ended: bool, said: str) -> None:
    answers = [Sampled((7, 8), (log_prob, log_prob), "omega", ended)] * 8
    candidates = [Candidate("omega", LogProb(2 * log_prob), 2, 8)] if ended else []
    found = judged_answers(answers, candidates, vocab=300)
    assert found.is_fine is (said == "")
    assert found.detail.startswith(said or "8 of 8 could be read, 8 of them written like a tactic; 0 cut off")
    assert f"log-probability {log_prob:.2f} in the mean, by chance -5.70" in found.detail


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((tactic, True) for tactic in ("omega", "rw [h, Nat.add_comm] at *", "exact ⟨h, fun x => f x⟩", "simp_all")),
        *((tactic, True) for tactic in ("· intro x", "(simp; done)", "norm_num [h]\n  ring", "rcases h with ⟨x, rfl⟩")),
        *((tactic, True) for tactic in ("exact?", "refine' ⟨_, h⟩", "by_contra! h", "cases' h with a b", "{ simp }")),
        *(
            (words, False)
            for words in ("The answer is 3.", "we have x = 3", "Sure: x is 3", "theorem t : x = 3 := rfl")
        ),
        *((noise, False) for noise in ("", "]f(", "rw [h", "ab)", "的是", "x\x07", "7 apples", "exact \ufffd", "=> h")),
    ],
)
def test_noise_is_not_written_like_a_tactic(text: str, expected: bool) -> None:
    found = judged_answers([Sampled((7,), (-0.1,), text, True)], [Candidate(text, LogProb(-0.1), 1, 1)], vocab=300)
    assert found.is_fine is expected
    assert f"1 of 1 could be read, {int(expected)} of them written like a tactic" in found.detail


async def test_a_file_in_the_hubs_cache_that_is_not_what_it_is_named_by_is_found(tmp_path: Path) -> None:
    policy = spelling_policy_folder(tmp_path / "policy", ["omega"])
    for number, file in enumerate(sorted(policy.glob("*.bin"))):
        digest = hashlib.sha256(file.read_bytes()).hexdigest() if number else "a" * 64
        file.rename(tmp_path / digest)
        file.symlink_to(tmp_path / digest)
    found = await findings("--policy", f"{policy}?max_new=16&rows=16")
    damaged = sorted(policy.glob("*.bin"))[0].name
    assert found["policy's files"].detail == f"{policy}: not what the hub's cache names them by: {damaged}"
    assert "policy's files" in found["verdict"].detail


async def test_options_of_a_critic_may_be_given_and_its_own_test_is_a_finding(tmp_path: Path) -> None:
    critic = critic_folder(tmp_path / "critic")
    for query in ("?bos=1", "?check=0", "?bos=1&check=0"):
        found = await findings("--critic", f"{critic}{query}")
        assert "critic's example" in found, found


@pytest.mark.parametrize("words", [["--critic", "heuristic"], ["--policy", "builtin"]])
async def test_what_is_no_model_gets_no_verdict(words: list[str]) -> None:
    found = await findings(*words)
    assert list(found) == [words[0].removeprefix("--"), "verdict"]
    assert f"{words[1]} is opened, and not examined" in next(iter(found.values())).detail
    assert found["verdict"] == Finding("verdict", False, "none: nothing was examined")


async def test_an_empty_policy_is_refused() -> None:
    found = await findings("--policy", "")
    assert "is no policy: give builtin" in found["opening"].detail


async def test_heads_are_named_by_their_file_and_not_judged_by_a_state_without_goals(tmp_path: Path) -> None:
    trunk, heads = policy_folder(tmp_path / "trunk"), tmp_path / "mine.json"
    for sign in (0.1, -0.1):
        write_heads(heads, Heads((sign,) * POLICY["hidden_size"], None, 0.0), Calibration(), trunk=str(trunk))
        found = await findings("--critic", str(heads))
        assert "mine.json on trunk (head value, bos=1" in found["critic"].detail
        assert found["critic's example"].is_fine is None
        assert found["verdict"].is_fine, found["verdict"].detail


async def test_heads_are_examined_whichever_of_them_ranks(tmp_path: Path) -> None:
    """Value and remaining steps are the same numbers here, with the opposite meaning."""
    trunk, heads = policy_folder(tmp_path / "trunk"), tmp_path / "mine.json"
    weights = (0.1,) * POLICY["hidden_size"]
    write_heads(heads, Heads(weights, weights, 5.0), Calibration(), trunk=str(trunk))
    value, steps = [await findings("--critic", f"{heads}{query}") for query in ("", "?head=steps")]
    assert list(value) == list(steps)
    assert "head steps, bos=1" in steps["critic"].detail
    orders = [found["critic's order"].detail for found in (value, steps)]
    assert "scores, which should rise: " in orders[0]
    assert "remaining steps, which should fall: " in orders[1]
    scores, remaining = [[float(each) for each in told.rpartition(": ")[2].split(", ")] for told in orders]
    assert remaining == pytest.approx([math.expm1(score + 5.0) for score in scores], rel=0.02)


@pytest.mark.parametrize(("weight", "is_fine", "right"), [(-1.0, True, 6), (1.0, False, 0)])
async def test_a_critic_that_ranks_backwards_along_a_proof_is_not_fit(
    tmp_path: Path, weight: float, is_fine: bool, right: int
) -> None:
    file, size = tmp_path / "line.json", len(NAMES)
    write_line(file, Line((weight,) * size, (0.0,) * size, (1.0,) * size), Calibration())
    found = await findings("--critic", str(file))
    assert list(found) == ["critic", "critic's order", "verdict"]
    assert found["critic's order"].detail.startswith(f"{right} of 6 pairs right along a proof; scores")
    assert (found["critic's order"].is_fine, found["verdict"].is_fine) == (is_fine, is_fine)


async def test_a_style_in_which_a_model_answers_better_is_named(tmp_path: Path) -> None:
    """The model writes a tactic after a line's end alone, and the prompt of bfs-prover has none."""
    policy = spelling_policy_folder(tmp_path / "policy", ["omega"])
    right = await findings("--policy", f"{policy}?max_new=16&rows=8&style=stepprover2.5")
    wrong = await findings("--policy", f"{policy}?max_new=16&rows=8&style=bfs-prover")
    assert right["other styles"].detail.startswith("none is answered better (a hint: ")
    assert "answered better than bfs-prover: is the style right?" in wrong["other styles"].detail
    assert "stepprover2.5: 8 of 8 like tactics" in wrong["other styles"].detail


async def test_a_model_that_cannot_be_opened_is_the_verdict(tmp_path: Path) -> None:
    found = await findings("--policy", str(tmp_path / "nowhere"))
    assert "no model folder" in found["opening"].detail
    assert found["verdict"].detail == "not fit for a run: opening"
