"""A model policy turns states into candidates; sources mix as distributions."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the models extra is not installed")
pytest.importorskip("transformers", reason="the models extra is not installed")

from prover.errors import ModelError, UsageError  # noqa: E402
from prover.models.build import build_policy  # noqa: E402
from prover.models.options import PolicyOptions  # noqa: E402
from prover.models.policy import ModelPolicy, ModelSettings  # noqa: E402
from prover.models.prompts import STYLES  # noqa: E402
from prover.models.requests import Sampled, SamplingRequest  # noqa: E402
from prover.models.tokenizer import ByteVocabulary, Tokenizer  # noqa: E402
from prover.policy.mix import MixedPolicy  # noqa: E402
from prover.policy.opened import options  # noqa: E402
from prover.policy.registry import open_policy  # noqa: E402
from search.base import Candidate, Goal, LogProb, ProofState, ProposalRequest, Theorem  # noqa: E402
from tests.fakes.internlm2 import random_weights, tiny_config, write_checkpoint  # noqa: E402
from tests.unit.models.test_tokenizer import write_fast  # noqa: E402

GOAL = Goal("n = n", pretty="n : Nat\n⊢ n = n")
REQUEST = ProposalRequest(Theorem("refl"), ProofState((GOAL,), "key"), num_samples=4)
BYTES = Tokenizer(ByteVocabulary(), None, (1,))


def answer(text: str, log_prob: float, *, ended: bool = True, token: int = 7) -> Sampled:
    return Sampled((token, 1), (log_prob, 0.0), text, ended)


class ScriptedEngine:
    """Answers every request with the same samples."""

    vocab = 259
    fault: ModelError | None = None

    def __init__(self, answers: Sequence[Sampled] = (), num_pending: int = 0) -> None:
        self.answers, self.num_pending = list(answers), num_pending
        self.seen: list[SamplingRequest] = []

    def submit(self, request: SamplingRequest) -> Future[list[Sampled]]:
        self.seen.append(request)
        future: Future[list[Sampled]] = Future()
        future.set_result(self.answers)
        return future

    def wait_ready(self) -> None:
        pass

    def close(self) -> None:
        pass


async def test_equal_tactics_are_merged_and_cut_off_ones_dropped() -> None:
    engine = ScriptedEngine(
        [
            answer("rfl", -1.0),
            answer(" rfl\n", -1.0),  # the same tokens drawn twice: their probability counts once
            answer("rfl", -2.0, token=8),  # another way to write it adds its own
            answer("simp", -0.1),
            answer("have h : 1 = ", -0.01, ended=False),
            answer("  ", -0.5),
        ]
    )
    policy = ModelPolicy([engine], BYTES, STYLES["bfs-prover"])
    (candidates,) = await policy.propose([REQUEST])
    assert [(c.tactic, c.count, c.num_tokens) for c in candidates] == [("simp", 1, 2), ("rfl", 3, 2)]
    assert candidates[1].log_prob == pytest.approx(math.log(math.exp(-1) + math.exp(-2)))


def test_each_state_and_attempt_has_its_own_seed_and_every_run_the_same() -> None:
    policy = ModelPolicy([ScriptedEngine()], BYTES, STYLES["bfs-prover"])
    seeds = {
        policy.sampling_request(
            ProposalRequest(Theorem("t"), ProofState((GOAL,), key), seed=seed, attempt=attempt)
        ).seed
        for key in ("a", "b")
        for seed in (0, 1)
        for attempt in (0, 1)
    }
    assert len(seeds) == 8
    assert policy.sampling_request(REQUEST).seed == policy.sampling_request(REQUEST).seed


def test_a_long_state_is_cut_to_the_prompt_limit(caplog: pytest.LogCaptureFixture) -> None:
    policy = ModelPolicy([ScriptedEngine()], BYTES, STYLES["bfs-prover"], ModelSettings(max_prompt=40))
    long = Goal("", pretty="h₀ : " + "a" * 100 + "\n⊢ n = n")
    made = policy.sampling_request(ProposalRequest(Theorem("t"), ProofState((long,), "k")))
    assert ByteVocabulary().decode(made.prompt) == "⊢ n = n:::"
    assert "1 hypotheses" in caplog.text


async def test_a_theorem_stays_with_one_engine_until_it_is_too_busy() -> None:
    engines = [ScriptedEngine(), ScriptedEngine()]
    policy = ModelPolicy(engines, BYTES, STYLES["bfs-prover"])
    await policy.propose([REQUEST] * 5)
    assert sorted(len(engine.seen) for engine in engines) == [0, 5]
    max(engines, key=lambda e: len(e.seen)).num_pending = 1000
    await policy.propose([REQUEST])
    assert sorted(len(engine.seen) for engine in engines) == [1, 5]


async def test_an_engine_that_has_ended_is_asked_only_when_all_have() -> None:
    ended, serving = ScriptedEngine(), ScriptedEngine(num_pending=1000)
    ended.fault = ModelError("the device is lost")
    policy = ModelPolicy([ended, serving], BYTES, STYLES["bfs-prover"])
    await policy.propose([REQUEST] * 5)
    await policy.sample(policy.sampling_request(REQUEST))
    assert (len(ended.seen), len(serving.seen), policy.fault) == (0, 6, None)
    serving.fault = ModelError("this one too")
    assert policy.fault is ended.fault


class Scripted:
    """A policy with fixed answers that remembers how many were asked for."""

    num_premises = 0

    def __init__(self, **chances: float) -> None:
        self._candidates = [Candidate(tactic, LogProb(math.log(p)), 1, 1) for tactic, p in chances.items()]
        self.asked: list[int] = []

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        self.asked += [request.num_samples for request in requests]
        return [self._candidates for _ in requests]


async def test_a_mix_weighs_probabilities_and_splits_the_samples() -> None:
    one, other = Scripted(simp=0.5, omega=0.2), Scripted(simp=0.1, rfl=0.8)
    (merged,) = await MixedPolicy([(one, 3.0), (other, 1.0)]).propose([REQUEST])
    assert (one.asked, other.asked) == ([3], [1])
    chances = {c.tactic: math.exp(c.log_prob) for c in merged}
    assert chances == pytest.approx({"simp": 0.4, "rfl": 0.2, "omega": 0.15})
    assert [c.tactic for c in merged] == ["simp", "rfl", "omega"] and merged[0].count == 2


async def test_a_source_whose_share_is_nothing_is_not_asked() -> None:
    one, other = Scripted(simp=0.5), Scripted(rfl=0.5)
    await MixedPolicy([(one, 0.99), (other, 0.01)]).propose([REQUEST])
    assert (one.asked, other.asked) == ([4], [])


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("mix:builtin", "not SOURCE=WEIGHT"),
        ("mix:builtin=much", "not SOURCE=WEIGHT"),
        ("mix:builtin=0", "positive weight"),
        ("mix:builtin=nan", "positive weight"),
        ("nowhere/at/all", "no model folder"),
        ("nowhere?colour=red", "no option is called 'colour'; there are: device"),
        ("nowhere?rows=many", "rows takes int, not 'many'"),
        ("builtin?rows=1", "no option is called 'rows'; there are: model"),
        ("", "'' is no policy: give builtin, a model's folder"),
        ("heuristic", "'heuristic' is no policy"),
        ("mine.json", "'mine.json' is no policy"),
        ("mix:=1", "'' is no policy"),
    ],
)
async def test_a_wrong_spec_says_what_is_wrong(spec: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        await open_policy(spec)


def test_options_have_their_types() -> None:
    parsed = options(PolicyOptions, "style=chat&rows=16&top_p=0.9&device=cuda:0+cuda:1", "here")
    assert parsed == PolicyOptions(style="chat", rows=16, top_p=0.9, device="cuda:0+cuda:1")


async def test_a_checkpoints_folder_is_all_that_is_needed(tmp_path: Path) -> None:
    config = tiny_config(max_position_embeddings=512)
    write_fast(tmp_path)
    write_checkpoint(tmp_path, config, random_weights(config))
    opened = await open_policy(f"mix:{tmp_path}?max_new=20=0.5,builtin=0.5", device="cpu")
    (candidates,) = await opened.policy.propose([ProposalRequest(Theorem("t"), ProofState((GOAL,), "k"))])
    await opened.close()
    assert any(c.origin.startswith("builtin") for c in candidates)


async def test_engines_on_one_device_share_its_memory(tmp_path: Path) -> None:
    write_fast(tmp_path)
    write_checkpoint(tmp_path, tiny_config(max_position_embeddings=512), random_weights(tiny_config()))
    policy = build_policy(tmp_path, PolicyOptions(device="cpu+cpu", max_new=8, rows=8))
    assert len(policy._engines) == 2
    assert policy.facts is not None
    assert [plan.partition(" of ")[0] for plan in policy.facts.memory] == ["cpu: 50%", "cpu: 50%"]
    states = [ProposalRequest(Theorem(f"t{i}"), ProofState((GOAL,), str(i)), (), 4) for i in range(6)]
    assert len(await policy.propose(states)) == 6
    policy.close()


async def test_an_encoder_decoder_goes_through_generate(tmp_path: Path) -> None:
    from transformers import T5Config, T5ForConditionalGeneration

    torch.manual_seed(0)
    sizes: Any = {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 1, "num_heads": 2, "vocab_size": 384}
    make_config: Any = T5Config
    T5ForConditionalGeneration(make_config(**sizes, pad_token_id=0, decoder_start_token_id=0)).save_pretrained(tmp_path)
    policy = build_policy(tmp_path, PolicyOptions(device="cpu", max_new=8, style="reprover"))
    for temperature in (1.0, 0.0):
        item = policy.sampling_request(ProposalRequest(Theorem("t"), ProofState((GOAL,), "k"), (), 4, temperature))
        (engine,) = policy._engines
        answers = engine.submit(item).result()
        assert len(answers) == 4 and all(a.log_prob < 0 and len(a.tokens) == len(a.log_probs) for a in answers)
    policy.close()


@pytest.mark.parametrize("bits", [8, 4])
async def test_packed_weights_are_an_option(tmp_path: Path, bits: int) -> None:
    config = tiny_config(max_position_embeddings=512, hidden_size=64, intermediate_size=128)
    write_fast(tmp_path)
    write_checkpoint(tmp_path, config, random_weights(config))
    opened = await open_policy(f"{tmp_path}?max_new=8&bits={bits}", device="cpu")
    assert isinstance(opened.policy, ModelPolicy)
    (answers,) = [await opened.policy.sample(opened.policy.sampling_request(REQUEST))]
    await opened.close()
    assert len(answers) == 4


async def test_dropped_answers_are_counted_and_most_of_them_dropped_is_a_warning_with_one_of_them(
    caplog: pytest.LogCaptureFixture,
) -> None:
    mixed = [answer("simp", -1.0)] * 20 + [answer("  ", -1.0)] * 30 + [answer("so let us", -1.0, ended=False)] * 70
    policy = ModelPolicy([ScriptedEngine(mixed)], BYTES, STYLES["bfs-prover"])
    policy.candidates(mixed[:99])
    assert not caplog.records
    policy.candidates(mixed[99:])
    assert policy.counts() == {"answers": 120, "answers_cut": 70, "answers_unreadable": 30, "requests_asked_again": 0}
    assert "80 of the first 100 answers were dropped (50 cut off, 30 unreadable)" in caplog.text
    assert "'so let us'" in caplog.text
    assert MixedPolicy([(policy, 1.0), (Scripted(simp=1.0), 1.0)]).counts()["answers"] == 120


async def test_a_model_says_what_it_is(tmp_path: Path) -> None:
    write_fast(tmp_path)
    write_checkpoint(tmp_path, tiny_config(max_position_embeddings=512), random_weights(tiny_config()))
    opened = await open_policy(f"{tmp_path}?max_new=8&rows=8", device="cpu")
    await opened.close()
    (facts,) = opened.facts
    assert (facts.style, facts.precision, facts.device) == ("stepprover2.5", "float32", "cpu")
    assert set(facts.files) == {path.name for path in tmp_path.glob("pytorch_model-*.bin")}
    assert facts.files == {name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in facts.files}
    assert len(facts.weights_id) == 64
    assert "8 answers" in facts.memory[0]
